declare module "*.css" {
  /** In a part its text; the bundle takes style sheets as files of their own. */
  const text: string;
  export default text;
}

declare module "*.svg" {
  const text: string;
  export default text;
}
