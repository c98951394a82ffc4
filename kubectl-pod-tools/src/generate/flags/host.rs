//! What the Pod shares with its node, and how it is known on the network.

use k8s_openapi::api::core::v1::HostAlias;

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{one_of, pair};

pub(super) const GROUP: Group = Group {
    heading: "Host and network",
    flags: &[
        Flag::switch(
            "host-network",
            "Use the node's network, not one of its own",
            |draft, _| {
                draft.pod.host_network = Some(true);
                Ok(())
            },
        )
        .of_pod(),
        Flag::switch("host-pid", "See the node's processes", |draft, _| {
            draft.pod.host_pid = Some(true);
            Ok(())
        })
        .of_pod(),
        Flag::switch("host-ipc", "Use the node's IPC namespace", |draft, _| {
            draft.pod.host_ipc = Some(true);
            Ok(())
        })
        .of_pod(),
        Flag::switch(
            "user-namespace",
            "Map users: root inside is nobody on the node",
            |draft, _| {
                draft.pod.host_users = Some(false);
                Ok(())
            },
        )
        .of_pod(),
        Flag::switch(
            "share-processes",
            "Let the containers see each other's processes",
            |draft, _| {
                draft.pod.share_process_namespace = Some(true);
                Ok(())
            },
        )
        .of_pod(),
        Flag::once(
            "hostname",
            "NAME",
            "Name of the machine, as programs see it",
            "web-0",
            |draft, name| {
                draft.pod.hostname = Some(name.owned());
                Ok(())
            },
        )
        .of_pod(),
        Flag::once(
            "subdomain",
            "NAME",
            "Headless Service below which its name is known",
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
            "ClusterFirst, ClusterFirstWithHostNet or Default (the node's)",
            "ClusterFirstWithHostNet",
            |draft, policy| {
                let known = ["ClusterFirst", "ClusterFirstWithHostNet", "Default"];
                draft.pod.dns_policy = Some(one_of(policy, &known)?.to_owned());
                Ok(())
            },
        )
        .of_pod(),
        Flag::many(
            "host-alias",
            "IP=NAME,…",
            "A line of /etc/hosts",
            "10.0.0.7=db,db.example.com",
            host_alias,
        )
        .of_pod(),
    ],
};

fn host_alias(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (ip, names) = pair(fragment)?;
    if ip.text().parse::<std::net::IpAddr>().is_err() {
        return Err(ip.error("this is not an IP address"));
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

/// Said once everything is known.
pub(super) fn finish(draft: &mut Draft) {
    if draft.pod.host_network == Some(true) && draft.pod.dns_policy.is_none() {
        draft.note(
            "--host-network: names are looked up by the node's rules; \
             --dns-policy ClusterFirstWithHostNet finds Services, too",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_value_errors, notes, specs};

    #[test]
    fn what_is_shared_with_the_node_and_how_the_pod_is_known() {
        specs(&[
            (
                "--host-network --host-pid",
                "{hostNetwork: true, hostPID: true}",
            ),
            ("--host-ipc", "hostIPC: true"),
            ("--user-namespace", "hostUsers: false"),
            ("--share-processes", "shareProcessNamespace: true"),
            ("--hostname a --subdomain b", "{hostname: a, subdomain: b}"),
            ("--dns-policy default", "dnsPolicy: Default"),
            (
                "--host-alias ::1=a,b --host-alias 10.0.0.1=c --host-alias ::1=d",
                "hostAliases: [{ip: '::1', hostnames: [a, b, d]}, {ip: 10.0.0.1, hostnames: [c]}]",
            ),
        ]);
        assert_eq!(notes("--host-network").len(), 1);
        assert!(notes("--host-network --dns-policy ClusterFirstWithHostNet").is_empty());
        assert_value_errors(&[
            ("--host-alias a=b", "a", "this is not an IP address"),
            ("--dns-policy None", "None", "`None` is not known here"),
        ]);
    }
}
