//! Values of their own for places that share a node with others.

use serde_json::Value;

use super::node::{Editor, MappingChanges, SharedPlan, Site, Way};
use super::render;
use crate::decode::from_node;
use crate::edit::Plan;
use crate::tree::NodeId;

impl<'a> Editor<'a> {
    /// Edits a node that several places use: once if all of them get the same edit, otherwise
    /// each place by itself.
    pub(super) fn edit_shared(&mut self, id: NodeId, plans: Vec<SharedPlan<'a>>) {
        let all = self.uses.get(id);
        let mut reached = 0_u64;
        for own in &plans {
            reached = reached.saturating_add(own.site.uses);
        }
        let home = plans.iter().find(|own| matches!(own.way, Way::Home));
        if let (Some(home), Some(first)) = (home, plans.first())
            && reached == all
            && plans.iter().all(|own| own.plan == first.plan)
        {
            let site = Site {
                uses: all,
                ..home.site.clone()
            };
            return self.edit(id, home.plan, &site);
        }
        for own in plans {
            match own.way {
                Way::Home => {
                    let message =
                        "the value is anchored, and other places that use it must not change";
                    self.refuse(own.site.path, id, message);
                }
                Way::Alias(alias) => self.override_value(id, own.plan, &own.site, alias, None),
                Way::Merged { mapping, key } => {
                    self.override_value(id, own.plan, &own.site, mapping, Some(&key));
                }
            }
        }
    }

    /// Gives one place a value of its own in place of an alias, or over a merged entry.
    fn override_value(
        &mut self,
        id: NodeId,
        plan: &Plan,
        site: &Site,
        at: NodeId,
        merged: Option<&str>,
    ) {
        let Ok(old) = from_node::<Value>(self.layout.tree, id) else {
            return self.refuse(site.path.clone(), at, "the value is nested too deeply");
        };
        let mut new = old.clone();
        if let Err(message) = plan.apply(&mut new) {
            return self.refuse(site.path.clone(), at, message);
        }
        if let Some(key) = merged {
            let changes = MappingChanges {
                added: vec![(key.to_owned(), new)],
                ..MappingChanges::default()
            };
            return match site.column {
                Some(column) => self.change_block(at, &changes, column, site, site),
                None => self.change_flow(at, &changes, site),
            };
        }
        let span = self.layout.tree.span(at);
        let (start, end) = (span.start as usize, span.end as usize);
        let alias = self.layout.slice(start..end);
        let text = match (&old, &new) {
            (Value::Object(old), Value::Object(new))
                if old.keys().all(|key| new.contains_key(key)) =>
            {
                let changed = new
                    .iter()
                    .filter(|(key, value)| old.get(*key) != Some(value));
                let changed = changed.map(|(key, value)| render::entry(key, value, site.flow));
                let merge = format!("<<: {alias}");
                let entries: Vec<String> = std::iter::once(merge).chain(changed).collect();
                format!("{{{}}}", entries.join(", "))
            }
            _ => render::flow(&new, site.flow),
        };
        self.replace(start, end, text);
    }
}
