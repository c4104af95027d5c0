// All conversations that are open on this page, seen or unseen.

import type { Outgoing } from "../state/outbox";
import { createStore, type Store } from "../state/store";
import { Flow, type FlowHost } from "./flow";
import { inheritFrom } from "./heirs";

/** How many idle conversations stay in memory. */
const KEPT = 8;

export class Desk {
  /** The conversation that the next message begins, where no other is open. */
  readonly fresh: Store<Flow>;
  private readonly flows = new Map<string, Flow>();
  private readonly host: FlowHost;
  /** Begun here and not yet named by the server, besides the fresh one. */
  private readonly unnamed = new Set<Flow>();
  private readonly stopInheriting: () => void;

  constructor(host: Omit<FlowHost, "named">, named: (conversationId: string) => void) {
    this.host = {
      ...host,
      named: (flow, id) => {
        this.unnamed.delete(flow);
        this.flows.set(id, flow);
        named(id);
      },
    };
    this.fresh = createStore(new Flow(this.host, null));
    this.stopInheriting = inheritFrom(host.outbox, (entries) => this.takeUp(entries));
    addEventListener("online", this.online);
  }

  open(conversationId: string | null): Flow {
    if (conversationId === null) {
      if (this.fresh.get().conversationId !== null) this.startFresh();
      return this.fresh.get();
    }
    const known = this.flows.get(conversationId);
    const flow = known ?? new Flow(this.host, conversationId);
    // The map's order is the order of use.
    this.flows.delete(conversationId);
    this.flows.set(conversationId, flow);
    this.tidy();
    return flow;
  }

  /** An empty conversation, even while the first message of another is still on its way. */
  startFresh(): void {
    const old = this.fresh.get();
    if (old.conversationId === null) {
      if (!old.busy && old.thread.get().order.length === 0) return;
      this.unnamed.add(old);
    }
    this.fresh.update(() => new Flow(this.host, null));
  }

  /** Catches up with changes made elsewhere, if the conversation is open here. */
  refresh(conversationId: string): void {
    void this.flows.get(conversationId)?.load();
  }

  forget(conversationId: string): void {
    this.flows.get(conversationId)?.dispose();
    this.flows.delete(conversationId);
  }

  dispose(): void {
    removeEventListener("online", this.online);
    for (const flow of this.all()) flow.dispose();
    // Only now may another page send what is left.
    this.stopInheriting();
  }

  private all(): readonly Flow[] {
    return [...this.flows.values(), ...this.unnamed, this.fresh.get()];
  }

  private readonly online = () => {
    for (const flow of this.all()) flow.reconnect();
  };

  /** Sends what an earlier life of this page, or another page, could not. */
  private takeUp(entries: readonly Outgoing[]): void {
    for (const { conversationId, place, requestId, text, at } of entries) {
      const flow = conversationId === null ? this.at(place) : this.open(conversationId);
      flow.resume(requestId, text, at);
    }
  }

  /** The conversation of `place`, which has no id yet: where the person looks, if nothing is there. */
  private at(place: string): Flow {
    const known = this.all().find((flow) => flow.place === place);
    if (known !== undefined) return known;
    const flow = new Flow(this.host, null, place);
    const { fresh } = this;
    if (fresh.get().conversationId === null && fresh.get().thread.get().order.length === 0) {
      fresh.get().dispose();
      fresh.update(() => flow);
    } else {
      this.unnamed.add(flow);
    }
    return flow;
  }

  private tidy(): void {
    for (const [id, flow] of this.flows) {
      if (this.flows.size <= KEPT) return;
      if (flow.busy || flow.thread.get().rows.length === 0) continue;
      this.forget(id);
    }
  }
}
