// Accounts: wire to words and back.

import { ApprovalPolicy as Policy, type Session, type User as Wire } from "../../gen/taskchat/v1/auth_pb";
import type { ApprovalPolicy, Choices, SignIn, User } from "../../state/model";
import { instant } from "./time";

const POLICY: Readonly<Record<ApprovalPolicy, Policy>> = {
  by_risk: Policy.BY_RISK,
  always: Policy.ALWAYS,
  never: Policy.NEVER,
};

function policyOf(policy: Policy): ApprovalPolicy {
  switch (policy) {
    case Policy.ALWAYS:
      return "always";
    case Policy.NEVER:
      return "never";
    default:
      return "by_risk";
  }
}

export function userOf(user: Wire): User {
  return {
    id: user.id,
    email: user.email ?? null,
    timeZone: user.timeZone,
    approvalPolicy: policyOf(user.approvalPolicy),
    createdAt: instant(user.createdAt) ?? 0,
  };
}

export function signInOf({ id, createdAt, lastUsedAt, userAgent, current }: Session): SignIn {
  return { id, createdAt: instant(createdAt) ?? 0, lastUsedAt: instant(lastUsedAt) ?? 0, userAgent, current };
}

/** The choices that are given, and the mask that names exactly those. */
export function toWireChoices({ timeZone, approvalPolicy }: Partial<Choices>) {
  const paths: string[] = [];
  if (timeZone !== undefined) paths.push("time_zone");
  if (approvalPolicy !== undefined) paths.push("approval_policy");
  const user = {
    timeZone: timeZone ?? "",
    approvalPolicy: approvalPolicy === undefined ? Policy.UNSPECIFIED : POLICY[approvalPolicy],
  };
  return { user, updateMask: { paths } };
}
