/** What refreshes of a version cost on a bill of their own: in dollars, or as work where an hour of it has the price of the warehouse's. */
export type RefreshBill = { readonly usd: number } | { readonly cpuMs: number };
