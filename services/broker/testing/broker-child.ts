import { startBroker } from './broker-fixture.ts';

/** A broker in a process of its own, for the test that kills one: `<database url>`; says its address. */
const [databaseUrl = ''] = process.argv.slice(2);
const { url } = await startBroker(databaseUrl, { limits: { perSecond: 100_000, burst: 100_000 } });
process.send?.(url);
process.on('disconnect', () => process.exit(0));
