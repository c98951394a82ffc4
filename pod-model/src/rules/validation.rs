//! Rules of the API server's validation: what the schema allows and creation refuses.

rules! {
    REQUIRED: Error, "required", "The API server requires a value";
    INVALID: Error, "invalid", "The API server refuses a value";
    FORBIDDEN_FIELD: Error, "forbidden-field", "A field may not be set beside the others";
    DUPLICATE: Error, "duplicate", "A value that must be unique is there twice";
    NOT_FOUND: Error, "not-found", "A reference within the object leads nowhere";
    NOT_SUPPORTED: Error, "not-supported", "A value is none of the supported ones";
    TOO_LONG: Error, "too-long", "A value is longer than allowed";
    TOO_MANY: Error, "too-many", "A list has more items than allowed";
    INVALID_IMAGE_NAME: Error, "invalid-image-name", "An image reference cannot be parsed";
}
