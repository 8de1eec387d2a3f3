import { demoEnvironment } from '../../src/demo/programs';

const real = {
  HOME: '/home/ana',
  LASTGOOD_DATABASE_URL: 'postgres://production/lastgood',
  LASTGOOD_REPORTS: '/srv/reports',
  LASTGOOD_GATEWAY_PORT: '8470',
  TEMPORAL_NAMESPACE: 'production',
  TEMPORAL_API_KEY: 'secret',
};

it('hands no setting of the real servers of this machine to the demo', () => {
  expect(demoEnvironment('/demo', real)).toEqual({
    HOME: '/home/ana',
    LASTGOOD_DATA: '/demo/data',
    TEMPORAL_CONFIG_FILE: '/demo/data/no-temporal.toml',
  });
});

it('uses the Temporal server that TEMPORAL_ADDRESS names, with all that belongs to it', () => {
  expect(demoEnvironment('/demo', { ...real, TEMPORAL_ADDRESS: '127.0.0.1:7233' })).toEqual({
    HOME: '/home/ana',
    LASTGOOD_DATA: '/demo/data',
    TEMPORAL_ADDRESS: '127.0.0.1:7233',
    TEMPORAL_NAMESPACE: 'production',
    TEMPORAL_API_KEY: 'secret',
  });
});
