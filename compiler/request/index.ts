/** The canonical request: what a host, a port, a path and a method are, whatever their spelling (design section 3). */

export {
  canonicalAddress,
  formatAddress,
  inBlock,
  isGatewayRange,
  isLoopbackAddress,
  parseAddress,
  unmapped,
  widthOf,
} from './address.js';
export { canonicalHost, hostText, isLoopback, sameHost } from './host.js';
export { canonicalPath } from './path.js';
export {
  isPlainName,
  isPlainPath,
  patternAddress,
  patternHost,
  patternOrigin,
  patternPath,
} from './pattern.js';
export { isPossiblyAmbiguous, readings } from './readings.js';
export {
  canonicalMethod,
  canonicalParts,
  canonicalPathText,
  canonicalPort,
  canonicalScheme,
  canonicalUrl,
  defaultPort,
} from './request.js';
export type { Address, Canonical, CanonicalRequest, Host, RequestError, Scheme } from './types.js';
