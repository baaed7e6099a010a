/** What the Secret holds after a step. */

import type { Leaf } from './leaf.ts';
import type { Step } from './step.ts';
import type { Retired, Signer, Stored } from './stored.ts';

/** Stores a new CA as the next one. A next one that was never used goes: if a webhook trusts it, it comes back as a retired one. */
export function storeAuthority(stored: Stored | undefined, next: Signer, retire: readonly Retired[]): Stored {
  return { ...stored, next, retired: addRetired(stored?.retired ?? [], retire) };
}

/** Stores CAs of others, to be trusted for a while. */
export function storeAdopted(stored: Stored, retire: readonly Retired[]): Stored {
  return { ...stored, retired: addRetired(stored.retired, retire) };
}

/** The next CA signs now. */
export function storePromoted(
  { next: _next, retired }: Stored,
  signer: Signer,
  leaf: Leaf,
  retire: readonly Retired[],
): Stored {
  return { signer, leaf, retired: addRetired(retired, retire) };
}

export function storeRenewed(stored: Stored, leaf: Leaf): Stored {
  return { ...stored, leaf };
}

export function storeForgotten(stored: Stored, { ids }: Extract<Step, { kind: 'forget' }>): Stored {
  return { ...stored, retired: stored.retired.filter(({ authority }) => !ids.includes(authority.id)) };
}

function addRetired(earlier: readonly Retired[], more: readonly Retired[]): Retired[] {
  const kept = earlier.filter(({ authority }) => !more.some((retired) => retired.authority.id === authority.id));
  return [...kept, ...more];
}
