/** What parts of the page use of React Flow: its state is that of the bundle. */

export { useReactFlow, useStore, useStoreApi } from "@xyflow/react";
