import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { placeKind, SMS_TEMPLATE_NAMES, SMS_TEMPLATES } from '#pact/text/sms-templates.ts';

export const TEMPLATES_DOCUMENT = 'docs/aliyun-templates.md';

/** What an operator registers at Aliyun, word for word; `npm run check` fails when the file is another. */
export function templatesDocument(): string {
  const each = SMS_TEMPLATE_NAMES.map((name) => {
    const words = SMS_TEMPLATES[name].replaceAll(/\{(\w+)\}/g, (place) => `$${place}`);
    const places = [...words.matchAll(/\$\{(\w+)\}/g)].map(
      ([, place = '']) => `\`${place}\` ${KINDS[placeKind(place)]}`,
    );
    return `### \`${name}\`\n\n\`\`\`\n${words}\n\`\`\`\n\n${places.join(', ')}\n`;
  });
  return `${HEAD}\n${each.join('\n')}`;
}

const KINDS = {
  other_number2: '其他号码 (`other_number2`)',
  phone_number2: '电话号码 (`phone_number2`)',
  others: '其他 (`others`)',
};

const HEAD = `# SMS templates at Aliyun

Made from the code by \`node services/platform/templates-document.ts\`; do not change it by hand.

In the console, under 国内消息 → 模板管理, apply for each of these as 短信通知 with the words as they stand, and choose the
property that is named for each variable. Say in the application what they are for: the community's daily check on elders
living alone, to stewards who have agreed to it. The codes that you are given go into \`ALIYUN_SMS_TEMPLATES\`, all of them:
\`${'page_primary=SMS_123456789,page_primary_phone=SMS_…'}\`.

The signature (签名) is \`ALIYUN_SMS_SIGN\`. With one of four characters every text is one SMS of at most 70 characters at
the longest names and addresses that the register takes; with a longer one the longest names may make it two.
`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(TEMPLATES_DOCUMENT, templatesDocument());
}
