// What the package exports as `keyturn/cdk`.
export { KeyRotation } from './key-rotation.ts';
export type { KeyRotationProps, Places } from './props.ts';
