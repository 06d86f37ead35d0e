/**
 * What parts take from the bundle instead of bringing it along.
 *
 * A part is loaded after the bundle, so whatever holds state or a context must be the very same
 * module there. A new line here is all it takes; `build.mjs` reads the names from this list.
 */

import * as react from "react";
import * as runtime from "react/jsx-runtime";
import * as budget from "../budget";
import * as actions from "../canvas/actions";
import * as aim from "../canvas/aim";
import * as describe from "../canvas/describe";
import * as desk from "../canvas/desk";
import * as drag from "../canvas/drag";
import * as flow from "../canvas/flow";
import * as focus from "../canvas/focus";
import * as groupCard from "../canvas/GroupCard";
import * as gestures from "../canvas/gestures";
import * as groupActions from "../canvas/groupActions";
import * as keys from "../canvas/keys";
import * as learned from "../canvas/learned";
import * as live from "../canvas/live";
import * as useDrop from "../canvas/useDrop";
import * as useHeat from "../canvas/useHeat";
import * as context from "../context";
import * as document from "../document";
import * as format from "../format";
import * as icons from "../icons";
import * as order from "../order";
import * as fixButton from "../panels/FixButton";
import * as menu from "../panels/Menu";
import * as paramField from "../panels/ParamField";
import * as problem from "../panels/Problem";
import * as taskLine from "../panels/TaskLine";
import * as useProblems from "../panels/useProblems";
import * as values from "../panels/values";
import * as place from "../place";
import * as ports from "../ports";
import * as problems from "../problems";
import * as scope from "../scope";
import * as store from "../store";
import * as texts from "../texts";

/** Modules by the name under which a part asks for them: a package, or a path below `src`. */
export const SHARED: Readonly<Record<string, unknown>> = {
  react,
  "react/jsx-runtime": runtime,
  "canvas/actions": actions,
  "canvas/aim": aim,
  "canvas/describe": describe,
  "canvas/desk": desk,
  budget,
  "canvas/drag": drag,
  "canvas/GroupCard": groupCard,
  "canvas/groupActions": groupActions,
  "canvas/flow": flow,
  "canvas/focus": focus,
  "canvas/gestures": gestures,
  "canvas/keys": keys,
  "canvas/learned": learned,
  "canvas/live": live,
  "canvas/useDrop": useDrop,
  "canvas/useHeat": useHeat,
  document,
  format,
  icons,
  order,
  "panels/FixButton": fixButton,
  "panels/Menu": menu,
  "panels/ParamField": paramField,
  "panels/Problem": problem,
  "panels/TaskLine": taskLine,
  "panels/useProblems": useProblems,
  "panels/values": values,
  place,
  ports,
  problems,
  scope,
  context,
  store,
  texts,
};
