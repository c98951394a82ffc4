//! Rules of create and apply: what is sent, and what the server answers.

rules! {
    SERVER_FIELD: Error, "server-field", "A field is set that only the server writes";
    NAMESPACE_MISMATCH: Error, "namespace-mismatch", "The object is in another namespace than the command";
    HELD_BACK: Info, "held-back", "Objects that are valid are not sent, as others are not";
    CONFLICT: Error, "conflict", "A field is owned by another field manager";
    REFUSED_BY_SERVER: Error, "refused-by-server", "The server refused the object";
}
