// Keeps a part that breaks from taking the rest of the page with it.

import { Component, type ReactNode } from "react";
import { Trouble } from "./State";

interface BoundaryProps {
  readonly title: string;
  /** What the part is about: with something else it is drawn anew. */
  readonly about: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly broken: boolean;
}

export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { broken: false };

  static getDerivedStateFromError(): BoundaryState {
    return { broken: true };
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (this.state.broken && before.about !== this.props.about) this.again();
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return <Trouble title={this.props.title} detail="Something went wrong on this page." onRetry={this.again} reload />;
  }

  private readonly again = () => this.setState({ broken: false });
}
