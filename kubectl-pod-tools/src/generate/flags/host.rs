//! Flags of the node's namespaces and of the Pod's network names.

use k8s_openapi::api::core::v1::HostAlias;

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{one_of, pair};

pub(super) const GROUP: Group = Group {
    heading: "Host and network",
    flags: &[
        Flag::switch("host-network", "Use the node's network", |draft, _| {
            draft.pod.host_network = Some(true);
            Ok(())
        })
        .of_pod(),
        Flag::switch("host-pid", "Use the node's PID namespace", |draft, _| {
            draft.pod.host_pid = Some(true);
            Ok(())
        })
        .of_pod(),
        Flag::switch("host-ipc", "Use the node's IPC namespace", |draft, _| {
            draft.pod.host_ipc = Some(true);
            Ok(())
        })
        .of_pod(),
        Flag::switch("user-namespace", "Run in a user namespace", |draft, _| {
            draft.pod.host_users = Some(false);
            Ok(())
        })
        .of_pod()
        .more("Root in the container is an unprivileged user on the node."),
        Flag::switch(
            "share-processes",
            "Share one PID namespace among containers",
            |draft, _| {
                draft.pod.share_process_namespace = Some(true);
                Ok(())
            },
        )
        .of_pod(),
        Flag::once(
            "hostname",
            "NAME",
            "Hostname of the Pod",
            "web-0",
            |draft, name| {
                draft.pod.hostname = Some(name.owned());
                Ok(())
            },
        )
        .of_pod(),
        Flag::once(
            "hostname-override",
            "NAME",
            "Host name as it is, up to 64 characters",
            "web.example.com",
            |draft, name| {
                draft.pod.hostname_override = Some(name.owned());
                Ok(())
            },
        )
        .of_pod()
        .more(
            "Takes precedence over --hostname and --subdomain, and has no DNS record. On by default \
             since Kubernetes 1.35.",
        ),
        Flag::once(
            "subdomain",
            "NAME",
            "Subdomain: name of its headless Service",
            "web",
            |draft, name| {
                draft.pod.subdomain = Some(name.owned());
                Ok(())
            },
        )
        .of_pod(),
        Flag::once(
            "dns-policy",
            "POLICY",
            "DNS policy",
            "ClusterFirstWithHostNet",
            |draft, policy| {
                let known = ["ClusterFirst", "ClusterFirstWithHostNet", "Default"];
                draft.pod.dns_policy = Some(one_of(policy, &known)?.to_owned());
                Ok(())
            },
        )
        .of_pod()
        .more(
            "ClusterFirst (the default), ClusterFirstWithHostNet, or Default for the node's DNS.",
        ),
        Flag::many(
            "host-alias",
            "IP=NAME,…",
            "Add a line to /etc/hosts",
            "10.0.0.7=db,db.example.com",
            host_alias,
        )
        .of_pod(),
    ],
};

fn host_alias(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (ip, names) = pair(fragment, "IP=NAME")?;
    if ip.text().parse::<std::net::IpAddr>().is_err() {
        return Err(ip.expected("an IP address"));
    }
    let names: Vec<String> = names.split(",").into_iter().map(Fragment::owned).collect();
    let all = draft.pod.host_aliases.get_or_insert_default();
    // The API merges lines by their address.
    match all.iter_mut().find(|known| known.ip == ip.text()) {
        Some(known) => known.hostnames.get_or_insert_default().extend(names),
        None => all.push(HostAlias {
            ip: ip.owned(),
            hostnames: Some(names),
        }),
    }
    Ok(())
}

/// Notes a DNS policy that does not fit, once all flags are written.
pub(super) fn note_dns_policy(draft: &mut Draft) {
    if draft.pod.host_network == Some(true) && draft.pod.dns_policy.is_none() {
        draft.note(
            "--host-network: the node's DNS does not resolve Services; \
             use --dns-policy ClusterFirstWithHostNet to resolve them",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_specs, assert_value_errors, notes};

    #[test]
    fn host_flags_set_namespaces_and_names() {
        assert_specs(&[
            (
                "--host-network --host-pid",
                "{hostNetwork: true, hostPID: true}",
            ),
            ("--host-ipc", "hostIPC: true"),
            ("--user-namespace", "hostUsers: false"),
            ("--share-processes", "shareProcessNamespace: true"),
            ("--hostname a --subdomain b", "{hostname: a, subdomain: b}"),
            ("--hostname-override a.b", "hostnameOverride: a.b"),
            ("--dns-policy default", "dnsPolicy: Default"),
            (
                "--host-alias ::1=a,b --host-alias 10.0.0.1=c --host-alias ::1=d",
                "hostAliases: [{ip: '::1', hostnames: [a, b, d]}, {ip: 10.0.0.1, hostnames: [c]}]",
            ),
        ]);
        assert_eq!(notes("--host-network").len(), 1);
        assert!(notes("--host-network --dns-policy ClusterFirstWithHostNet").is_empty());
        assert_value_errors(&[
            ("--host-alias a=b", "a", "expected an IP address, found `a`"),
            ("--dns-policy None", "None", "unknown value `None`"),
        ]);
    }
}
