// The one place that knows which library draws the page.
export {
  html, render, useCallback, useEffect, useErrorBoundary, useMemo, useRef, useState,
} from "../terceros/htm-preact/standalone.module.js";
