//! Rules of `explain-env --verify`: a running container beside what its sources say.

rules! {
    DRIFT: Error, "drift", "A running container has another value than it would get now";
    UNREAD_ENVIRONMENT: Warning, "unread-environment", "The environment of a container cannot be read";
    UNEXPLAINED_VARIABLE: Info, "unexplained-variable", "A running container has variables without a known source";
    UNCLEAR_LINES: Info, "unclear-lines", "Lines of an environment may be variables or parts of a value";
}
