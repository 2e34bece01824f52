import { describe, expect, it } from 'vitest';
import { isBrokerUrl, isInTheOpen } from './broker-url.ts';

describe('the address of a broker', () => {
  it.each([
    'mqtt://192.168.1.20',
    'mqtts://broker.example.com:8883',
    'ws://gateway:9001/mqtt',
    'wss://eu1.cloud.thethings.network/mqtt',
    'mqtt://[fd00::1]:1883',
  ])('%s is one', (url) => expect(isBrokerUrl(url)).toBe(true));

  it.each([
    'http://192.168.1.20',
    'file:///etc/passwd',
    'mqtt://user:secret@broker.example',
    'mqtt://broker.example/a@b',
    'mqtt://',
    'mqtt:// broker',
    'mqtt://broker:99999',
    'mqtts://broker?password=x',
    'broker.example',
  ])('%s is none', (url) => expect(isBrokerUrl(url)).toBe(false));
});

describe('a password on its way', () => {
  it.each([
    'mqtt://broker.example.com',
    'ws://broker.example.com/mqtt',
    'mqtt://8.8.8.8',
    'mqtt://172.32.0.1',
    'mqtt://100.128.0.1',
    'mqtt://[2001:db8::1]',
    'mqtt://10.example.com',
  ])('is read by anybody to %s', (url) => expect(isInTheOpen(url)).toBe(true));

  it.each([
    'mqtts://broker.example.com',
    'wss://broker.example.com',
    'mqtt://localhost',
    'mqtt://127.0.0.1:1884',
    'mqtt://10.0.0.7',
    'mqtt://172.16.3.4',
    'mqtt://100.64.0.1',
    'mqtt://mosquitto',
    'mqtt://hub.local',
    'mqtt://[::1]',
    'mqtt://[fe80::1]',
  ])('is not, to %s', (url) => expect(isInTheOpen(url)).toBe(false));
});
