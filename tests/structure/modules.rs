//! The graph of modules: the paths in all sources of a crate, each resolved to the module
//! that defines the item.
//!
//! Read are `use` declarations, paths in code, in attributes and in the words of
//! macros. A name that a module only passes on (`pub use`) leads further. What is
//! there for tests alone is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, UseTree, Visibility};

/// The path of a module, from the root of its crate.
pub(crate) type ModulePath = Vec<String>;

/// A name, and what it stands for, relative to the module that imports it.
type Import = (String, Vec<String>);

/// A path in the code of a module.
struct Mention {
    path: Vec<String>,
    line: usize,
}

/// A module of a crate.
#[derive(Default)]
struct Module {
    file: PathBuf,
    items: BTreeSet<String>,
    imports: Vec<Import>,
    globs: Vec<Vec<String>>,
    mentions: Vec<Mention>,
}

/// A module that names something of another one.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    /// The module whose code has the name.
    pub from: ModulePath,
    /// The module that defines what it stands for.
    pub to: ModulePath,
    /// File and line of the name.
    pub place: String,
}

/// The modules of a crate.
#[derive(Default)]
pub(crate) struct Crate {
    top: PathBuf,
    modules: BTreeMap<ModulePath, Module>,
}

impl Crate {
    /// Reads a crate from its root file on; places are told from `top` on.
    pub(crate) fn read(top: &Path, root_file: &Path) -> Self {
        let mut read = Self {
            top: top.to_owned(),
            ..Self::default()
        };
        let text = fs::read_to_string(root_file).unwrap();
        read.add(&text, root_file, root_file.parent().unwrap(), Vec::new());
        read
    }

    /// Reads a crate whose modules all stand in one text.
    pub(crate) fn of(text: &str) -> Self {
        let mut read = Self::default();
        read.add(text, Path::new("lib.rs"), Path::new("."), Vec::new());
        read
    }

    /// The paths of all modules.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &ModulePath> {
        self.modules.keys()
    }

    /// `dir` is where the files of child modules are.
    fn add(&mut self, text: &str, file: &Path, dir: &Path, path: ModulePath) {
        let parsed = syn::parse_file(text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        self.add_items(parsed.items, file, dir, path);
    }

    fn add_items(&mut self, items: Vec<Item>, file: &Path, dir: &Path, path: ModulePath) {
        let mut module = Module {
            file: file.to_owned(),
            ..Module::default()
        };
        let mut passed_on = Vec::new();
        for item in items {
            if attributes(&item).is_some_and(is_for_tests) {
                continue;
            }
            match item {
                Item::Mod(child) => {
                    let name = child.ident.to_string();
                    let inner = [path.clone(), vec![name.clone()]].concat();
                    let inner_dir = dir.join(&name);
                    match child.content {
                        Some((_, items)) => self.add_items(items, file, &inner_dir, inner),
                        None => {
                            let (file, dir) = child_file(dir, &name, &child.attrs);
                            let text = fs::read_to_string(&file).unwrap();
                            self.add(&text, &file, &dir, inner);
                        }
                    }
                }
                Item::Use(import) => {
                    let is_private = matches!(import.vis, Visibility::Inherited);
                    let mut found = Vec::new();
                    flatten(&import.tree, &mut Vec::new(), &mut found);
                    for (name, path, line) in found {
                        match name {
                            Some(name) => {
                                if is_private {
                                    let path = path.clone();
                                    module.mentions.push(Mention { path, line });
                                } else {
                                    passed_on.push((name.clone(), path.clone()));
                                }
                                module.imports.push((name, path));
                            }
                            None => module.globs.push(path),
                        }
                    }
                }
                item => {
                    module.items.extend(name_of(&item));
                    mentions(item.to_token_stream(), &mut module.mentions);
                }
            }
        }
        // What is passed on counts where the module's own code says it, too.
        for mention in &mut module.mentions {
            if let [name] = mention.path.as_slice()
                && let Some((_, path)) = passed_on.iter().find(|(known, _)| known == name)
            {
                mention.path.clone_from(path);
            }
        }
        self.modules.insert(path, module);
    }

    /// Each module that names something of another one, with the place.
    pub(crate) fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (path, module) in &self.modules {
            for mention in &module.mentions {
                let target = match mention.path.as_slice() {
                    [name] => self.through_globs(path, name),
                    long => self.resolve(path, long, 0),
                };
                if let Some(to) = target.filter(|to| to != path) {
                    let file = module.file.strip_prefix(&self.top);
                    let file = file.unwrap_or(&module.file).display();
                    edges.push(Edge {
                        from: path.clone(),
                        to,
                        place: format!("{file}:{}", mention.line),
                    });
                }
            }
        }
        edges
    }

    /// The module that defines a single name which a glob brings in.
    fn through_globs(&self, at: &ModulePath, name: &str) -> Option<ModulePath> {
        let module = &self.modules[at];
        let is_own = module.items.contains(name) || module.imports.iter().any(|(n, _)| n == name);
        if is_own {
            return None;
        }
        module.globs.iter().find_map(|glob| {
            let from = self.resolve(at, glob, 0)?;
            self.member(&from, name, 0)
        })
    }

    /// The module that defines what a path names; none outside of the crate.
    fn resolve(&self, at: &ModulePath, path: &[String], depth: usize) -> Option<ModulePath> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.descend(Vec::new(), rest, depth),
            "self" => self.descend(at.clone(), rest, depth),
            "super" => {
                let parent = at.split_last().map(|(_, parent)| parent.to_vec())?;
                match rest.first().map(String::as_str) {
                    Some("super") => self.resolve(&parent, rest, depth),
                    _ => self.descend(parent, rest, depth),
                }
            }
            name => {
                let module = &self.modules[at];
                let child = [at.clone(), vec![name.to_owned()]].concat();
                if self.modules.contains_key(&child) {
                    return self.descend(child, rest, depth);
                }
                let (_, import) = module.imports.iter().find(|(known, _)| known == name)?;
                if depth > 16 || import.first().map(String::as_str) == Some(name) {
                    return None;
                }
                let whole = [import.as_slice(), rest].concat();
                self.resolve(at, &whole, depth + 1)
            }
        }
    }

    fn descend(&self, module: ModulePath, rest: &[String], depth: usize) -> Option<ModulePath> {
        let Some((name, behind)) = rest.split_first() else {
            return Some(module);
        };
        let child = [module.clone(), vec![name.clone()]].concat();
        if self.modules.contains_key(&child) {
            return self.descend(child, behind, depth);
        }
        let found = self.member(&module, name, depth);
        // What is declared by a macro is taken to be where it is looked for.
        Some(found.unwrap_or(module))
    }

    /// The module that defines a member of a module, or of what it passes on.
    fn member(&self, module: &ModulePath, name: &str, depth: usize) -> Option<ModulePath> {
        let known = self.modules.get(module)?;
        if depth > 16 {
            return None;
        }
        if known.items.contains(name) {
            return Some(module.clone());
        }
        if let Some((_, path)) = known.imports.iter().find(|(n, _)| n == name) {
            return self.resolve(module, path, depth + 1);
        }
        known.globs.iter().find_map(|glob| {
            let from = self.resolve(module, glob, depth + 1)?;
            self.member(&from, name, depth + 1)
        })
    }
}

/// The file of a child module, and where its own children are.
fn child_file(dir: &Path, name: &str, attributes: &[Attribute]) -> (PathBuf, PathBuf) {
    let named = attributes.iter().find(|a| a.path().is_ident("path"));
    if let Some(named) = named {
        let text = named.to_token_stream().to_string();
        let file = dir.join(text.split('"').nth(1).unwrap());
        return (file, dir.join(name));
    }
    let flat = dir.join(format!("{name}.rs"));
    let file = if flat.exists() {
        flat
    } else {
        dir.join(name).join("mod.rs")
    };
    (file, dir.join(name))
}

fn attributes(item: &Item) -> Option<&[Attribute]> {
    Some(match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => return None,
    })
}

fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// Returns whether an item is there for tests or for the fuzzer alone.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    let texts = attributes.iter().map(|a| a.to_token_stream().to_string());
    let mut texts = texts.map(|text| text.replace(' ', ""));
    texts.any(|text| text == "#[cfg(test)]" || text == "#[cfg(fuzzing)]")
}

/// Each name that a `use` brings in, none for a glob, with its path and line.
fn flatten(
    tree: &UseTree,
    path: &mut Vec<String>,
    found: &mut Vec<(Option<String>, Vec<String>, usize)>,
) {
    let whole = |path: &[String], ident: &Ident| {
        // `use a::{self}` names `a`.
        let own = (ident != "self").then(|| ident.to_string());
        [path, own.as_slice()].concat()
    };
    match tree {
        UseTree::Path(step) => {
            path.push(step.ident.to_string());
            flatten(&step.tree, path, found);
            path.pop();
        }
        UseTree::Name(name) => {
            let line = name.ident.span().start().line;
            let whole = whole(path, &name.ident);
            found.push((whole.last().cloned(), whole, line));
        }
        UseTree::Rename(name) => {
            let line = name.ident.span().start().line;
            found.push((
                Some(name.rename.to_string()),
                whole(path, &name.ident),
                line,
            ));
        }
        UseTree::Glob(_) => found.push((None, path.clone(), 0)),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, path, found);
            }
        }
    }
}

/// All paths among tokens: names with `::` between them, and single names.
fn mentions(tokens: TokenStream, found: &mut Vec<Mention>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |at: usize, c: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == c);
    let is_group = |at: usize| matches!(tokens.get(at), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Group(group) => mentions(group.stream(), found),
            TokenTree::Punct(p) if p.as_char() == '#' => {
                let Some(TokenTree::Group(group)) = tokens.get(at) else {
                    continue;
                };
                let text = group.to_string().replace(' ', "");
                if group.delimiter() == Delimiter::Bracket && text == "[cfg(test)]" {
                    let ends = |token: &TokenTree| match token {
                        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                        TokenTree::Punct(p) => p.as_char() == ';',
                        _ => false,
                    };
                    at += tokens[at..].iter().take_while(|token| !ends(token)).count() + 1;
                }
            }
            // The path in `pub(in crate::a)` is a bound, not a use.
            TokenTree::Ident(word) if word == "pub" && is_group(at) => at += 1,
            TokenTree::Ident(first) => {
                // A method or a field is no path of its own.
                let is_member = at >= 2 && is(at - 2, '.') && !(at >= 3 && is(at - 3, '.'));
                let mut path = vec![first.to_string()];
                while is(at, ':')
                    && is(at + 1, ':')
                    && let Some(TokenTree::Ident(next)) = tokens.get(at + 2)
                {
                    path.push(next.to_string());
                    at += 3;
                }
                if !is_member {
                    let line = first.span().start().line;
                    found.push(Mention { path, line });
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
