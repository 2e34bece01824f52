import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEVICE_FORMATS } from '#contracts/bridge/formats.ts';
import { DECODERS, guessDeviceFormat } from './registry.ts';
import { frameOf } from './testing/vectors.ts';

const guess = (hex: string, fPort: number | null, model: string | null = null) =>
  guessDeviceFormat(frameOf({ hex, fPort }), model);

it('has a decoder for every format that is neither told nor a codec', () => {
  const decoded = DEVICE_FORMATS.filter((format) => format !== 'as_told' && format !== 'codec');
  expect(Object.keys(DECODERS)).toEqual(decoded);
});

describe('guessing which device it is', () => {
  it.each([
    ['WS301-868M', 'milesight_ws301'],
    ['milesight_ws301', 'milesight_ws301'],
    ['EM300-MCS', 'milesight_em300_mcs'],
    ['em300_mcs cn470', 'milesight_em300_mcs'],
    ['Dragino LDS01', 'dragino_lds01'],
    ['LDS02', 'dragino_lds02'],
    ['lds03a', 'dragino_lds03a'],
    ['Tabs TBDW100-868', 'browan_tbdw100'],
    ['MerryIoT DW10-915', 'merryiot_dw10'],
    ['WSMS-158', 'merryiot_dw10'],
    ['Netvox R311A', 'netvox_r311a'],
    ['R718F', 'netvox_r718f'],
    ['RBS301-DWS-US', 'radio_bridge_rbs301_dws'],
    ['ELSYS EMS Door', 'elsys'],
    ['Sensative Strips', 'sensative_strips'],
    ['SBDW-002C', 'bthome_v2'],
  ] as const)('believes the name %s, whatever the bytes', (model, format) => {
    expect(guess('FF', 99, model)).toBe(format);
  });

  it.each(['LDS020', 'R718F2', 'R311AB', 'TBDW1000', 'RBS301-WAT', 'WS3010', 'EM300-TH', 'LED strips'])(
    'does not take %s for a device that it resembles',
    (model) => {
      expect(guess('FF', 99, model)).toBeNull();
    },
  );

  it.each([
    ['030001', 85, 'milesight_ws301'],
    ['060001', 85, 'milesight_em300_mcs'],
    ['0100012F00000467405060', 2, 'dragino_lds03a'],
    ['0100012F00000467405060', 3, 'dragino_lds03a'],
    ['00CB3500008A3A00', 100, 'browan_tbdw100'],
    ['010F15300000050000', 120, 'merryiot_dw10'],
    ['0102011E01000000000000', 6, 'netvox_r311a'],
    ['011D012401000000000000', 6, 'netvox_r718f'],
    ['00120901', 1, 'sensative_strips'],
    ['402D01', null, 'bthome_v2'],
  ] as const)('tells by bytes and port what %s on %s is', (hex, fPort, format) => {
    expect(guess(hex, fPort)).toBe(format);
    expect(guess(hex, fPort, 'unnamed profile')).toBe(format);
  });

  it.each([
    ['017564', 85, 'a battery alone is any Milesight'],
    ['8B880001000125000003', 10, 'not a door'],
    ['8B880100012500000300', 10, 'LDS01 and LDS02 speak alike'],
    ['100301', 2, 'three bytes on any port'],
    ['0D00', 5, 'two bytes on any port'],
    ['402D01', 2, 'BLE has no port'],
    ['40013D', null, 'no contact'],
    ['', 85, 'nothing'],
    ['', null, 'nothing'],
  ] as const)('says nothing of %s on %s: %s', (hex, fPort, _why) => {
    expect(guess(hex, fPort)).toBeNull();
  });

  it('says nothing where a name fits two devices', () => {
    expect(guess('030001', 85, 'WS301 or LDS02')).toBeNull();
  });

  it('never throws and never names a device that is bound to another port', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.option(fc.integer({ min: 1, max: 223 })),
        fc.option(fc.string()),
        (bytes, fPort, model) => {
          const format = guessDeviceFormat({ bytes, fPort }, model);
          if (format === null || format === 'as_told' || format === 'codec') return format === null;
          const { fPorts, models } = DECODERS[format];
          return (
            models.test(model ?? '') || (fPort === null ? format === 'bthome_v2' : fPorts.includes(fPort))
          );
        },
      ),
    );
  });
});
