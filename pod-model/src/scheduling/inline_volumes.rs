//! Volumes of a Pod's own spec that two Pods cannot share.
//!
//! Upstream: `isVolumeConflict` (pkg/scheduler/framework/plugins/volumerestrictions).

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Volume;

/// A disk that is mounted without a claim.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InlineVolume {
    /// A disk of Google's cloud.
    GcePersistentDisk {
        /// Its name.
        name: String,
        /// True if it is mounted read-only.
        read_only: bool,
    },
    /// A volume of Amazon's cloud.
    AwsElasticBlockStore {
        /// Its id.
        id: String,
    },
    /// An iSCSI target.
    Iscsi {
        /// Its qualified name.
        iqn: String,
        /// True if it is mounted read-only.
        read_only: bool,
    },
    /// An image of Ceph.
    Rbd {
        /// The monitors.
        monitors: BTreeSet<String>,
        /// The pool.
        pool: String,
        /// The image.
        image: String,
        /// True if it is mounted read-only.
        read_only: bool,
    },
}

impl InlineVolume {
    /// Returns the disks of a volume: usually none, or one.
    pub fn of(volume: &Volume) -> Vec<Self> {
        let mut disks = Vec::new();
        if let Some(disk) = &volume.gce_persistent_disk {
            disks.push(Self::GcePersistentDisk {
                name: disk.pd_name.clone(),
                read_only: disk.read_only.unwrap_or(false),
            });
        }
        if let Some(disk) = &volume.aws_elastic_block_store {
            disks.push(Self::AwsElasticBlockStore {
                id: disk.volume_id.clone(),
            });
        }
        if let Some(disk) = &volume.iscsi {
            disks.push(Self::Iscsi {
                iqn: disk.iqn.clone(),
                read_only: disk.read_only.unwrap_or(false),
            });
        }
        if let Some(disk) = &volume.rbd {
            disks.push(Self::Rbd {
                monitors: disk.monitors.iter().cloned().collect(),
                pool: disk.pool.clone().unwrap_or_default(),
                image: disk.image.clone(),
                read_only: disk.read_only.unwrap_or(false),
            });
        }
        disks
    }

    /// Returns whether two Pods on one node cannot have these volumes.
    pub fn conflicts_with(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::GcePersistentDisk { name, read_only },
                Self::GcePersistentDisk {
                    name: other,
                    read_only: other_read_only,
                },
            ) => name == other && !(*read_only && *other_read_only),
            (Self::AwsElasticBlockStore { id }, Self::AwsElasticBlockStore { id: other }) => {
                id == other
            }
            (
                Self::Iscsi { iqn, read_only },
                Self::Iscsi {
                    iqn: other,
                    read_only: other_read_only,
                },
            ) => iqn == other && !(*read_only && *other_read_only),
            (
                Self::Rbd {
                    monitors,
                    pool,
                    image,
                    read_only,
                },
                Self::Rbd {
                    monitors: other_monitors,
                    pool: other_pool,
                    image: other_image,
                    read_only: other_read_only,
                },
            ) => {
                !monitors.is_disjoint(other_monitors)
                    && pool == other_pool
                    && image == other_image
                    && !(*read_only && *other_read_only)
            }
            _ => false,
        }
    }

    /// Returns its name for people.
    pub fn name(&self) -> String {
        match self {
            Self::GcePersistentDisk { name, .. } => format!("gcePersistentDisk `{name}`"),
            Self::AwsElasticBlockStore { id } => format!("awsElasticBlockStore `{id}`"),
            Self::Iscsi { iqn, .. } => format!("iscsi `{iqn}`"),
            Self::Rbd { pool, image, .. } => format!("rbd `{pool}/{image}`"),
        }
    }
}
