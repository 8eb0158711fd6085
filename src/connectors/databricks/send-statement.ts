import { isUnauthorised } from './classify-databricks-error.ts';
import type { Deadline } from './deadline.ts';
import type { PooledSession } from './session-pool.ts';
import type { SignIn } from './sign-in.ts';

export type Operation = Awaited<ReturnType<PooledSession['wire']['executeStatement']>>;

/** Without the first rows in the answer: the warehouse would keep us waiting, and a statement without a handle cannot be cancelled. */
export async function sendStatement(
  session: PooledSession,
  {
    text,
    deadline,
    purpose,
    signIn,
  }: {
    readonly text: string;
    readonly deadline: Deadline;
    readonly purpose?: string;
    readonly signIn: SignIn;
  },
): Promise<Operation> {
  const sending = authorised(signIn, () =>
    session.wire.executeStatement(text, {
      maxRows: null,
      useCloudFetch: false,
      ...(purpose === undefined ? {} : { queryTags: { goldsmith: purpose } }),
    }),
  );
  const known = sending.then((operation) => {
    deadline.cancelWith(() => operation.cancel());
    return operation;
  });
  known.catch(ignoreSinceGuarded);
  return deadline.guard(() => known);
}

/** A token that ended meanwhile is replaced once: a request that was not let in did nothing. */
export async function authorised<Result>(
  signIn: SignIn,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isUnauthorised(error)) {
      throw error;
    }
    signIn.forget();
    return work();
  }
}

function ignoreSinceGuarded(): void {
  // Told where it is waited for, unless the deadline was faster.
}
