import type { Recogniser } from '../recogniser.ts';
import { tagOf } from '../recogniser.ts';

/**
 * Applications that write `application='shop',controller='orders',action='index'` or `route='/orders/:id'`: a page is asked for
 * again and again by whoever opens it, so its route is the reader, and it reads like a dashboard.
 */
export const sqlcommenter: Recogniser = {
  id: 'sqlcommenter',

  recognise(asker) {
    const application = tagOf(asker, 'application', 'app', 'service', 'service_name');
    const route = tagOf(asker, 'route');
    const controller = tagOf(asker, 'controller');
    const action = tagOf(asker, 'action');
    const job = tagOf(asker, 'job', 'job_name', 'worker');
    const framework = tagOf(asker, 'framework', 'db_driver');
    if (job !== undefined) {
      return { kind: 'pipeline', name: named(application, job), tool: 'sqlcommenter' };
    }
    const page = route ?? [controller, action].filter((part) => part !== undefined).join('#');
    if (page !== '') {
      return { kind: 'dashboard', name: named(application, page), tool: 'sqlcommenter' };
    }
    if (application === undefined && framework === undefined) {
      return undefined;
    }
    const name = application ?? (asker.user === '' ? (framework ?? '') : asker.user);
    return { kind: 'dashboard', name, tool: 'sqlcommenter' };
  },
};

function named(application: string | undefined, part: string): string {
  return application === undefined ? part : `${application} ${part}`;
}
