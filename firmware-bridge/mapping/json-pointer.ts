const INDEX = /^(?:0|[1-9]\d{0,8})$/;
/** A tilde that escapes nothing. */
const STRAY_TILDE = /~(?![01])/;

/**
 * What a JSON pointer (RFC 6901) points at in parsed JSON; undefined where that is nothing. Only what the value itself
 * has is found, never what it inherits, nor an array's length.
 */
export function valueAt(value: unknown, pointer: string): unknown {
  if (pointer === '') return value;
  if (!pointer.startsWith('/') || STRAY_TILDE.test(pointer)) return undefined;
  let found = value;
  for (const token of pointer.slice(1).split('/')) {
    if (typeof found !== 'object' || found === null) return undefined;
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(found) && !INDEX.test(key)) return undefined;
    // The descriptor's value and not the property: what might be called is not looked at.
    found = Object.getOwnPropertyDescriptor(found, key)?.value;
  }
  return found;
}
