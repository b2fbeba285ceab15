//! The root of a Merkle tree over records (RFC 6962 §2.1; system.md, "Immutability and integrity").

use sha2::{Digest as _, Sha256};

use crate::digest::Digest;

/// What precedes a leaf, so that no leaf passes for a node.
const LEAF: u8 = 0;

/// What precedes a node.
const NODE: u8 = 1;

/// The Merkle tree hash of the leaves in their order; that of no leaf is the digest of nothing.
#[must_use]
pub fn merkle_root<L: AsRef<[u8]>>(leaves: &[L]) -> Digest {
    match leaves {
        [] => Digest::of(b""),
        [leaf] => hash(LEAF, &[leaf.as_ref()]),
        leaves => {
            // The left side is the largest complete tree that leaves something for the right.
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            hash(NODE, &[merkle_root(left).as_bytes(), merkle_root(right).as_bytes()])
        }
    }
}

fn hash(kind: u8, parts: &[&[u8]]) -> Digest {
    let mut sha = Sha256::new_with_prefix([kind]);
    for part in parts {
        sha.update(part);
    }
    Digest::from_bytes(sha.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The inputs and roots that implementations of Certificate Transparency test themselves with.
    #[test]
    fn the_roots_are_those_of_certificate_transparency() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        for (count, root) in roots.iter().enumerate() {
            assert_eq!(merkle_root(&leaves[..count]).to_string(), *root, "{count} leaves");
        }
    }
}
