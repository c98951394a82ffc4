//! Ports.

use k8s_openapi::api::core::v1::ContainerPort;

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{one_of, port};

pub(super) const GROUP: Group = Group {
    heading: "Ports",
    flags: &[Flag::many(
        "port",
        "[NAME=]PORT",
        "A port that the program listens on [/udp|/sctp][:PORT-OF-THE-NODE]",
        "http=8080",
        ports,
    )],
};

fn ports(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (name, rest) = match fragment.split_once("=") {
        Some((name, _)) if name.is_empty() => {
            return Err(fragment.error("there is no name before the `=`"));
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
    use super::super::testing::{assert_value_errors, specs};

    #[test]
    fn ports_in_all_their_forms() {
        specs(&[
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
    fn each_slip_is_underlined() {
        assert_value_errors(&[
            (
                "--port 0",
                "0",
                "`0` is not a port: they go from 1 to 65535",
            ),
            (
                "--port 65536",
                "65536",
                "`65536` is not a port: they go from 1 to 65535",
            ),
            (
                "--port -1",
                "-1",
                "`-1` is not a port: they go from 1 to 65535",
            ),
            (
                "--port http",
                "http",
                "`http` is not a port: they go from 1 to 65535",
            ),
            ("--port http=", "", "the port is missing"),
            ("--port =80", "=80", "there is no name before the `=`"),
            ("--port 80/http", "http", "`http` is not known here"),
            ("--port 80/", "", "`` is not known here"),
            (
                "--port 80:x",
                "x",
                "`x` is not a port: they go from 1 to 65535",
            ),
        ]);
    }
}
