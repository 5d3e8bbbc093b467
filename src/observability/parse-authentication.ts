/**
 * Who sends, by `APPLICATIONINSIGHTS_AUTHENTICATION_STRING`: `Authorization=AAD`, with `ClientId=...` for a user-assigned identity. Null: nobody
 * shows an identity. The host reads the same text: https://learn.microsoft.com/azure/azure-functions/functions-app-settings
 */
export function parseAuthentication(text: string | null): { readonly clientId: string | null } | null {
  const parts = new Map(
    (text ?? '').split(';').map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [name.trim().toLowerCase(), value.trim()];
    }),
  );
  if (parts.get('authorization')?.toLowerCase() !== 'aad') return null;
  const clientId = parts.get('clientid') ?? '';
  return { clientId: clientId === '' ? null : clientId };
}
