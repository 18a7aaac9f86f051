/** What the demo asks, in groups that tell a story. */

export interface Group {
  readonly title: string;
  /** Method and URL. */
  readonly requests: readonly (readonly [string, string])[];
}

export const GROUPS: readonly Group[] = [
  {
    title: 'AI providers: the broker holds the key',
    requests: [
      ['POST', 'https://api.openai.com/v1/chat/completions'],
      ['GET', 'https://api.openai.com/v1/files/file-abc123/content'],
      ['POST', 'https://api.anthropic.com/v1/messages'],
      ['POST', 'https://generativelanguage.googleapis.com/v1/models/g:countTokens'],
      ['POST', 'https://team-a.openai.azure.com/openai/deployments/x/chat'],
      ['GET', 'https://openai.azure.com/openai/models'],
      ['POST', 'https://api.mistral.ai/v1/chat/completions'],
      ['POST', 'https://api.cohere.com/v2/chat'],
      ['GET', 'https://huggingface.co/api/models'],
      ['GET', 'https://huggingface.co/gpt2/resolve/main/model.safetensors'],
    ],
  },
  {
    title: 'Cloud and developer services',
    requests: [
      ['POST', 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke'],
      ['PUT', 'https://example-agents.s3.eu-central-1.amazonaws.com/report.csv'],
      ['GET', 'https://other.s3.eu-central-1.amazonaws.com/report.csv'],
      ['GET', 'https://api.github.com/repos/o/r/issues/7'],
      ['DELETE', 'https://api.github.com/repos/o/r'],
      ['PUT', 'https://api.github.com/repos/o/r/actions/secrets/TOKEN'],
      ['GET', 'https://api.stripe.com/v1/charges'],
      ['POST', 'https://api.stripe.com/v1/refunds'],
      ['POST', 'https://slack.com/api/chat.postMessage'],
      ['POST', 'https://slack.com/api/admin.users.remove'],
      ['POST', 'https://api.sendgrid.com/v3/mail/send'],
      ['GET', 'https://registry.npmjs.org/left-pad'],
    ],
  },
  {
    title: 'Spellings that must not slip past',
    requests: [
      ['POST', 'https://API.OpenAI.com.:443/v1/%63hat/completions'],
      ['GET', 'https://api.openai.com/v1/models/../organization/users'],
      ['POST', 'https://api.openai.com//v1/chat/completions'],
      ['GET', 'https://api.github.com/repos/o/r/issues%2F..%2Factions/secrets'],
      ['GET', 'https://api.openai.com.evil.example/v1/models'],
      ['GET', 'https://evil.example/?u=https://api.openai.com/'],
      ['GET', 'http://api.openai.com/v1/models'],
    ],
  },
  {
    title: 'What nothing may reach',
    requests: [
      ['GET', 'http://169.254.169.254/latest/meta-data/'],
      ['GET', 'http://0xa9fea9fe/latest/meta-data/'],
      ['GET', 'http://[::ffff:169.254.169.254]/'],
      ['GET', 'http://[fd00:ec2::254]/latest/meta-data/'],
      ['GET', 'http://metadata.google.internal/computeMetadata/v1/'],
      ['GET', 'https://10.1.2.3/'],
      ['GET', 'http://10.20.30.40:9200/docs/42'],
      ['DELETE', 'http://10.20.30.40:9200/docs/42'],
      ['GET', 'http://localhost:3000/'],
      ['GET', 'https://www.example.org/'],
    ],
  },
];
