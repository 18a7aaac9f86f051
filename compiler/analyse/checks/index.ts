/** All checks, each with the title that is named where its work was not enough. */

import type { Check } from '../run.js';
import { ambiguousMatches } from './ambiguous.js';
import { enforcementGaps } from './enforce.js';
import { evadableDenials } from './evadable.js';
import { headFindings } from './head.js';
import { lookAlikes, privateSpace, publicSuffixes } from './hosts.js';
import { redundantHosts, redundantMethods, redundantPorts } from './lists.js';
import { orderDependentRules } from './order.js';
import { emptyPatterns, redundantPaths } from './patterns.js';
import { secretsInManifest } from './secrets.js';
import { brokerRules, plainHttp } from './transport.js';
import { unreachableRules } from './unreachable.js';

export const CHECKS: readonly { readonly title: string; readonly check: Check }[] = [
  { title: 'head', check: headFindings },
  { title: 'secrets', check: secretsInManifest },
  { title: 'rules never reached', check: unreachableRules },
  { title: 'empty patterns', check: emptyPatterns },
  { title: 'redundant paths', check: redundantPaths },
  { title: 'redundant hosts', check: redundantHosts },
  { title: 'redundant ports', check: redundantPorts },
  { title: 'redundant methods', check: redundantMethods },
  { title: 'order of rules', check: orderDependentRules },
  { title: 'deny rules slipped past', check: evadableDenials },
  { title: 'ambiguous matches', check: ambiguousMatches },
  { title: 'public suffixes', check: publicSuffixes },
  { title: 'private space', check: privateSpace },
  { title: 'look-alike names', check: lookAlikes },
  { title: 'plain http', check: plainHttp },
  { title: 'rules on the broker', check: brokerRules },
  { title: 'enforceability', check: enforcementGaps },
];
