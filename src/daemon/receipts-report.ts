import { counted } from '../base/counted.ts';
import { formatUsd, nanoUsd, toDollars } from '../base/usd.ts';
import type { ReceiptsReport, ReceiptView } from '../http/service.ts';
import type { Receipt } from '../marts/receipt.ts';
import { shortName } from './cycle-report.ts';

/** Receipts as plain numbers, dollars and seconds, and as a table for people. */
export function receiptsReport(receipts: readonly Receipt[]): ReceiptsReport {
  return {
    text:
      receipts.length === 0
        ? 'No decision has been carried out yet.'
        : receipts.map(line).join('\n'),
    receipts: receipts.map(view),
  };
}

export function view(receipt: Receipt): ReceiptView {
  const {
    decision,
    relation,
    line: savingLine,
    method,
    baseRuns,
    martRuns,
    matured,
    rolledBack,
  } = receipt;
  const isTime = savingLine === 'time';
  const number = (amount: bigint) => (isTime ? Number(amount) / 1000 : toDollars(nanoUsd(amount)));
  return {
    decision,
    relation,
    line: savingLine,
    unit: isTime ? 'seconds' : 'usd',
    predicted: number(receipt.predicted),
    realized: number(receipt.realizedGross),
    debits: number(receipt.debits),
    net: number(receipt.net),
    method,
    baseRuns,
    martRuns,
    matured,
    rolledBack,
  };
}

function line(receipt: Receipt): string {
  const {
    relation,
    line: savingLine,
    from,
    until,
    matured,
    rolledBack,
    method,
    baseRuns,
    martRuns,
  } = receipt;
  const amount = (value: bigint) =>
    savingLine === 'time' ? `${(Number(value) / 1000).toFixed(1)} s` : formatUsd(nanoUsd(value));
  const state = rolledBack ? 'rolled back' : matured ? 'matured' : 'still measuring';
  return [
    `${shortName(relation)}  ${savingLine}  ${day(from)} to ${day(until)}  ${state}`,
    `   predicted ${amount(receipt.predicted)} net, realized ${amount(receipt.realizedGross)} less ${amount(receipt.debits)} = ${amount(receipt.net)} net`,
    `   measured by ${method} on ${counted(baseRuns, 'base run')}; ${counted(martRuns, 'run')} on the mart`,
  ].join('\n');
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
