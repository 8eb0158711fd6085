import { openYaml } from '../files/yaml-as-written.ts';

/** The contract of a mart that was given up: its status says so, all else stays to be read. A text that cannot be edited stays as it is. */
export function retireContract(text: string): string {
  const opened = openYaml(text);
  if ('because' in opened || opened.document.get('kind') !== 'DataContract') {
    return text;
  }
  opened.document.set('status', 'retired');
  return opened.write();
}
