//! Images that the API takes and the kubelet cannot pull.

use crate::finding::Finding;
use crate::kinds::pod_template_path;
use crate::manifest::Document;
use crate::rules;

use super::name::ImageName;

/// The fields of a Pod's spec that hold containers.
const CONTAINERS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// One finding for each container whose image is no image name. The API server
/// takes any text, and the kubelet then says `InvalidImageName`
/// (`applyDefaultImageTag` in k8s.io/kubernetes/pkg/kubelet/images).
pub fn check(document: &Document) -> Vec<Finding> {
    let (Some(api_version), Some(kind)) = (document.api_version(), document.kind()) else {
        return Vec::new();
    };
    let Some(template) = pod_template_path(api_version, kind) else {
        return Vec::new();
    };
    let tree = document.tree();
    let spec = template.field("spec");
    let mut findings = Vec::new();
    for field in CONTAINERS {
        let list = spec.field(field);
        let Some(found) = document.find(&list) else {
            continue;
        };
        for (i, container) in tree.elements(found.node).iter().enumerate() {
            let image = tree.get(*container, "image").and_then(|id| tree.str(id));
            // An empty image may be filled in by a controller; the API asks for it.
            let Some(image) = image.filter(|image| !image.is_empty()) else {
                continue;
            };
            if let Err(error) = ImageName::parse(image) {
                let message = format!("invalid image name `{image}`");
                let finding = Finding::new(
                    &rules::INVALID_IMAGE_NAME,
                    list.index(i).field("image"),
                    message,
                );
                findings.push(finding.label(error.to_string()).help(help(image)));
            }
        }
    }
    document.place(findings)
}

fn help(image: &str) -> &'static str {
    if image.contains(['<', '{', '$']) {
        "replace the placeholder with an image such as `nginx:1.29`"
    } else {
        "use [REGISTRY/]NAME[:TAG][@DIGEST], such as `registry.example.com/team/app:1.2`"
    }
}

#[cfg(test)]
mod tests {
    use crate::manifest;

    #[test]
    fn each_container_with_a_placeholder_is_told_with_its_place() {
        let text = "apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n      initContainers:\n      - image: ok:1\n      containers:\n      - image: <Image>\n      - image: ''\n";
        let manifest = manifest::read("job.yaml", text.as_bytes().to_vec());
        let findings = super::check(&manifest.documents[0]);
        assert_eq!(findings.len(), 1);
        assert_eq!(
            findings[0].path.to_string(),
            "spec.template.spec.containers[0].image"
        );
        assert_eq!(
            findings[0].location.as_ref().unwrap().to_string(),
            "job.yaml:9:16"
        );
    }

    #[test]
    fn objects_without_a_template_have_no_images() {
        let text = "apiVersion: v1\nkind: ConfigMap\ndata: {image: <Image>}\n";
        let manifest = manifest::read("c.yaml", text.as_bytes().to_vec());
        assert!(super::check(&manifest.documents[0]).is_empty());
    }
}
