/**
 * The addresses that people carry: what is secret in them stands behind the `#`, which no browser sends to a
 * server, so that it is in no log and no Referer.
 */
export const stewardUrl = (publicUrl: string, token: string): string => `${publicUrl}/s#${token}`;
export const leaveUrl = (publicUrl: string, token: string): string => `${publicUrl}/l#${token}`;
export const careUrl = (publicUrl: string, token: string): string => `${publicUrl}/c#${token}`;
export const decalUrl = (publicUrl: string, decal: string): string => `${publicUrl}/d#${decal}`;
