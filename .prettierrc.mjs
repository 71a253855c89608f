export { default } from './infra/config/prettier.config.mjs';
