// The rooms beside the floor, by the `do` of their messages. A room plugs in with its `mount` here and its handler in
// `session.py`; `shell/room.js` says what a room is.
import { mountDrills } from "../components/drills/drills.js";
import { mount as mountTimeline } from "../components/timeline/timeline.js";
import { mountReview } from "./review/review.js";

/** @type {Record<string, (place: import("../shell/room.js").Place) => import("../shell/room.js").Room>} */
export const ROOMS = { review: mountReview, timeline: mountTimeline, drills: mountDrills };
