//! Rules of files: what can be read, and what an object must say to be one.

rules! {
    SYNTAX: Error, "syntax", "The text is not valid YAML or JSON";
    MISSING_API_VERSION: Error, "missing-api-version", "The object has no apiVersion";
    MISSING_KIND: Error, "missing-kind", "The object has no kind";
    UNKNOWN_KIND: Error, "unknown-kind", "The API has no such kind in this version";
    MISSING_NAME: Error, "missing-name", "The command needs the name of the object";
    INVALID_OBJECT_NAME: Error, "invalid-object-name", "A name of what may be a Secret holds more than a name";
    TOO_DEEP: Error, "too-deep", "The object nests deeper than any object of the API";
    BROKEN_LIST: Error, "broken-list", "A List has no list of items";
}
