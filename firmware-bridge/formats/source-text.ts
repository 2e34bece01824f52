/**
 * The text of a property's value as it stands in valid JSON of an object, for signatures that were made over it; of two
 * properties of the same name the last one, as `JSON.parse` has it. Undefined where there is none.
 */
export function sourceTextOf(json: string, key: string): string | undefined {
  let found: string | undefined;
  let index = skipSpace(json, json.indexOf('{') + 1);
  while (json[index] === '"') {
    const nameEnd = endOfValue(json, index);
    const name: unknown = JSON.parse(json.slice(index, nameEnd));
    const start = skipSpace(json, skipSpace(json, nameEnd) + 1);
    const end = endOfValue(json, start);
    if (name === key) found = json.slice(start, end);
    index = skipSpace(json, end);
    if (json[index] !== ',') break;
    index = skipSpace(json, index + 1);
  }
  return found;
}

function skipSpace(json: string, from: number): number {
  let index = from;
  while (/[ \t\r\n]/.test(json[index] ?? '')) index += 1;
  return index;
}

/** Just behind the value that begins at an index. */
function endOfValue(json: string, from: number): number {
  let depth = 0;
  let index = from;
  while (index < json.length) {
    const character = json[index];
    if (character === '"') index = endOfString(json, index);
    else if (character === '{' || character === '[') {
      depth += 1;
      index += 1;
    } else if (depth === 0 && /[,}\] \t\r\n]/.test(character ?? '')) return index;
    else {
      if (character === '}' || character === ']') depth -= 1;
      index += 1;
    }
    if (depth === 0 && /["}\]]/.test(json[index - 1] ?? '')) return index;
  }
  return index;
}

function endOfString(json: string, from: number): number {
  let index = from + 1;
  while (index < json.length && json[index] !== '"') index += json[index] === '\\' ? 2 : 1;
  return index + 1;
}
