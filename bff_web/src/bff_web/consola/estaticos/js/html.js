// The one place that knows which library draws the page.
export {
  html, render, createContext, useCallback, useContext, useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef,
  useState,
} from "../terceros/htm-preact/standalone.module.js";
