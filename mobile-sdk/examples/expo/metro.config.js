/* eslint-disable @typescript-eslint/no-require-imports -- Metro loads its configuration as CommonJS */
const { getDefaultConfig } = require('expo/metro-config');
const path = require('node:path');

/** The SDK is taken from this repository, as source; an app of yours installs `@allod/sdk` and needs none of this. */
const root = path.resolve(__dirname, '../../..');
const config = getDefaultConfig(__dirname);
config.watchFolders = ['mobile-sdk', 'contracts', 'node_modules'].map((folder) => path.join(root, folder));
config.resolver.nodeModulesPaths = [path.join(__dirname, 'node_modules'), path.join(root, 'node_modules')];
config.resolver.unstable_enablePackageExports = true;
module.exports = config;
