/** What the service says of a job, as far as we read it. */
export interface JobResource {
  readonly configuration?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly query?: { readonly query?: string };
  };
  readonly status?: { readonly state?: string };
  readonly user_email?: string;
  readonly statistics?: {
    readonly startTime?: string;
    readonly endTime?: string;
    readonly totalSlotMs?: string;
    readonly reservation_id?: string;
    readonly edition?: string;
    readonly totalBytesProcessed?: string;
    readonly sessionInfo?: { readonly sessionId?: string };
    readonly query?: {
      readonly statementType?: string;
      readonly totalBytesBilled?: string;
      readonly totalSlotMs?: string;
      readonly referencedRoutines?: readonly unknown[];
    };
  };
}

/** What we want to know of a job that was judged, or is done. */
export interface JobStatistics {
  readonly sessionId: string | undefined;
  readonly statementType: string | undefined;
  readonly bytesBilled: number;
  readonly slotMs: number;
  readonly durationMs: number | undefined;
  /** Of the reservation that ran it, where one did. */
  readonly edition: string | undefined;
  readonly callsRoutines: boolean;
  /** Who the job runs as. */
  readonly user: string | undefined;
}

export function statisticsOf({ statistics = {}, user_email: user }: JobResource): JobStatistics {
  const { query = {}, startTime, endTime, sessionInfo, reservation_id, edition } = statistics;
  const durationMs =
    startTime === undefined || endTime === undefined
      ? undefined
      : Number(endTime) - Number(startTime);
  return {
    sessionId: sessionInfo?.sessionId,
    statementType: query.statementType,
    bytesBilled: Number(query.totalBytesBilled ?? 0),
    slotMs: Number(query.totalSlotMs ?? statistics.totalSlotMs ?? 0),
    durationMs,
    edition: reservation_id === undefined ? undefined : edition,
    user,
    callsRoutines: (query.referencedRoutines ?? []).length > 0,
  };
}
