//! Flags of ports.

use k8s_openapi::api::core::v1::ContainerPort;

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{one_of, port};

pub(super) const GROUP: Group = Group {
    heading: "Ports",
    flags: &[Flag::many(
        "port",
        "PORT",
        "Container port, such as http=8080 or 53/udp",
        "http=8080",
        ports,
    )
    .more("[NAME=]PORT[/tcp|/udp|/sctp][:HOST-PORT]. HOST-PORT opens the port on the node, too.")],
};

fn ports(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (name, rest) = match fragment.split_once("=") {
        Some((name, _)) if name.is_empty() => {
            return Err(fragment.error("expected NAME before `=`"));
        }
        Some((name, rest)) => (Some(name), rest),
        None => (None, fragment),
    };
    let (rest, host_port) = match rest.split_once(":") {
        Some((rest, host_port)) => (rest, Some(port(host_port)?)),
        None => (rest, None),
    };
    let (number, protocol) = match rest.split_once("/") {
        Some((number, protocol)) => (number, one_of(protocol, &["TCP", "UDP", "SCTP"])?),
        None => (rest, "TCP"),
    };
    let entry = ContainerPort {
        name: name.map(Fragment::owned),
        container_port: port(number)?,
        host_port,
        // TCP is the API's own default.
        protocol: (protocol != "TCP").then(|| protocol.to_owned()),
        ..ContainerPort::default()
    };
    let ports = draft.container().ports.get_or_insert_default();
    ports.push(entry);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_specs, assert_value_errors};

    #[test]
    fn port_has_name_protocol_and_host_port() {
        assert_specs(&[
            ("--port 80", "containers: [{ports: [{containerPort: 80}]}]"),
            (
                "--port web=8080/tcp:80 --port dns=53/udp",
                "containers: [{ports: [{name: web, containerPort: 8080, hostPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]}]",
            ),
            (
                "--port 9/SCTP:10",
                "containers: [{ports: [{containerPort: 9, hostPort: 10, protocol: SCTP}]}]",
            ),
        ]);
    }

    #[test]
    fn invalid_value_is_underlined() {
        assert_value_errors(&[
            (
                "--port 0",
                "0",
                "expected a port from 1 to 65535, found `0`",
            ),
            (
                "--port 65536",
                "65536",
                "expected a port from 1 to 65535, found `65536`",
            ),
            (
                "--port -1",
                "-1",
                "expected a port from 1 to 65535, found `-1`",
            ),
            (
                "--port http",
                "http",
                "expected a port from 1 to 65535, found `http`",
            ),
            ("--port http=", "", "expected a port, found nothing"),
            ("--port =80", "=80", "expected NAME before `=`"),
            ("--port 80/http", "http", "unknown value `http`"),
            ("--port 80/", "", "expected one of: TCP, UDP, SCTP"),
            (
                "--port 80:x",
                "x",
                "expected a port from 1 to 65535, found `x`",
            ),
        ]);
    }
}
