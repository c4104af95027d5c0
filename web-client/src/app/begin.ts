// The session, taken up from its cookie before anything else is evaluated: the server answers meanwhile.

import { Session } from "../api/session";
import { publicTransport } from "../api/transport";

export const session = new Session(publicTransport(location.origin));
void session.restore();
