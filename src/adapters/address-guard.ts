import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { LastgoodError } from '../domain/errors';

/**
 * Addresses that no layer and no check lives at, but that hand out a machine's credentials to whoever asks: link-local
 * ones, where clouds answer with instance metadata. Loopback and private networks are where catalogs legitimately point.
 */
const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');

/** Throws CATALOG_INVALID when the host part of a URL is itself such an address, however it is written. */
export function refuseForbiddenAddress(hostname: string): void {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isForbidden(address)) throw refusal(address);
}

/** Resolves a name once; the address that was checked is the one connected to, so a name can not change its mind. */
export const pinnedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (failure, addresses) => {
    const first = addresses?.[0];
    const bad = addresses?.find(({ address }) => isForbidden(address));
    if (failure !== null) callback(failure, '', 0);
    else if (bad !== undefined) callback(refusal(`${hostname} (${bad.address})`), '', 0);
    else if (options.all === true) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family ?? 0);
  });
};

function isForbidden(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && forbidden.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

function refusal(address: string): LastgoodError {
  return new LastgoodError('CATALOG_INVALID', {
    what: `${address} is a link-local address`,
    why: 'machines hand out their own credentials there',
    next: 'name the address of the service itself',
  });
}
