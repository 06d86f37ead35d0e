/** Room, in pixels, that the path of open groups takes above. */
export const CRUMBS = 40;

/** Room, in pixels, that the buttons of the view take at the left. */
export const BUTTONS = 46;
