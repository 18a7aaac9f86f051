/** What `init` writes: a manifest that a newcomer can read from top to bottom, and a first policy test. */

const DAY_MS = 86_400_000;
const VALID_DAYS = 90;

/** A manifest's form of a time, to the second. */
function timeText(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** @param schema where editors find the schema, as seen from the manifest's folder */
export function starterManifest(now: Date, schema: string): string {
  const expires = new Date(now.getTime() + VALID_DAYS * DAY_MS);
  return `# yaml-language-server: $schema=${schema}
#
# Which requests go to the broker, which are denied, which pass. Order matters: the first rule that matches decides.
# Every change needs a new signature:  intercept sign policy.yaml --key key.json
manifest_version: 1
serial: 1                      # count up with every change: a lower serial than one already seen is refused
issued_at: ${timeText(now)}
expires_at: ${timeText(expires)}
broker_execute_url: https://broker.example.com/v1/execute   # your broker: it holds the real credentials
default_action: pass           # requests that no rule matches; \`deny\` turns the list below into an allow list
opaque_tls: deny               # TLS that was captured but cannot be read: deny, or tunnel to the origin

match_rules:
  # Everything on api.openai.com is sent by the broker, which puts in the API key. Programs need none.
  - integration_id: openai
    provider: openai
    match:
      hosts: [api.openai.com]
      # Narrow it down once it works (paths: exact, /prefix/*, or ^regular expression$):
      # methods: [GET, POST]
      # path_groups: ["/v1/models", "/v1/chat/*"]
    action: execute
    rewrite: {mode: execute, send_intended_url: true}

  # Never reach the cloud's metadata service: it hands out credentials to whoever asks.
  - integration_id: metadata-service
    provider: cloud
    match:
      hosts: [169.254.169.254, "fd00:ec2::254"]
      schemes: [http, https]
    action: deny
`;
}

export const STARTER_TEST = `# What the policy must decide. Keep it beside the manifest, and change both together.
# Run it:  intercept test policy.test.yaml
manifest: policy.yaml
requests:
  - {method: POST, url: "https://api.openai.com/v1/chat/completions", action: execute, rule: openai}
  - {method: GET, url: "https://api.openai.com.evil.example/v1/models", action: pass}
  - {method: GET, url: "http://169.254.169.254/latest/meta-data/", action: deny, rule: metadata-service}
verdicts:
  - {host: api.openai.com, port: 443, verdict: capture}
  - {ip: 169.254.169.254, port: 80, verdict: deny}
  - {host: example.com, port: 443, verdict: pass}
`;
