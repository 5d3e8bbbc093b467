/** Makes the addresses of an instance; `more` adds those that only some answers have. */
export type ManagementUrls = (id: string, more?: readonly 'rewind'[]) => Record<string, string>;

/** The management addresses of a task hub. */
export function managementUrls(base: string, hubName: string): ManagementUrls {
  const query = `taskHub=${hubName}&connection=Storage&code=local`;
  return (id, more = []) => {
    const of = (rest: string): string => `${base}/instances/${id}${rest}${rest.includes('?') ? '&' : '?'}${query}`;
    return {
      id,
      statusQueryGetUri: of(''),
      sendEventPostUri: of('/raiseEvent/{eventName}'),
      terminatePostUri: of('/terminate?reason={text}'),
      ...(more.includes('rewind') ? { rewindPostUri: of('/rewind?reason={text}') } : {}),
      purgeHistoryDeleteUri: of(''),
      restartPostUri: of('/restart'),
      suspendPostUri: of('/suspend?reason={text}'),
      resumePostUri: of('/resume?reason={text}'),
    };
  };
}
