//! Rules of the API's schema: fields, types, and lists with keys.

rules! {
    UNKNOWN_FIELD: Error, "unknown-field", "The API has no such field";
    DUPLICATE_KEY: Error, "duplicate-key", "A mapping has the same key twice";
    WRONG_TYPE: Error, "wrong-type", "A value has a type that its field does not take";
    MISSING_FIELD: Error, "missing-field", "A field that the schema requires is absent";
    EMPTY_ITEM: Error, "empty-item", "An item of a list is empty";
    DUPLICATE_ITEM: Error, "duplicate-item", "Two items of a list have the same key";
    MISSING_ITEM_KEY: Error, "missing-item-key", "An item of a list lacks the fields that make its key";
}
