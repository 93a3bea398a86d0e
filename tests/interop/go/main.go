// Checks a log's folder with the client of the Go checksum database, golang.org/x/mod/sumdb: its note package opens
// the checkpoint, its tlog package reads the tiles and checks proofs that this project made.
//
//	ledgercheck FOLDER VKEY PROOFS
//
// PROOFS has a line of JSON for each proof; the answer is one line of JSON.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// proof is one that the project made: of inclusion where Old is -1, else of consistency from Old to Size.
type proof struct {
	Index  int64
	Old    int64
	Size   int64
	Hashes []string
}

type answer struct {
	Size        int64    `json:"size"`
	Signed      []string `json:"signed"`
	Unknown     int      `json:"unknown"`
	Inclusion   int      `json:"inclusion"`
	Consistency int      `json:"consistency"`
	Own         int      `json:"own"`
	Failures    []string `json:"failures"`
}

const height = 8

// folder hands the client the tiles of a log as files.
type folder struct{ path string }

func (f folder) Height() int { return height }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := f.read(tile)
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

// read looks for the partial tile, then for the beginning of the whole one, as c2sp.org/tlog-tiles allows.
func (f folder) read(tile tlog.Tile) ([]byte, error) {
	path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	path = strings.Replace(path, "tile/data/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(f.path, path))
	if err == nil || tile.W == 1<<height {
		return data, err
	}
	whole := tile
	whole.W = 1 << height
	data, err = f.read(whole)
	if err == nil && tile.L >= 0 {
		data = data[:tile.W*tlog.HashSize]
	}
	return data, err
}

// leaf is the leaf hash of an entry, from its body.
func (f folder) leaf(index, size int64) (tlog.Hash, error) {
	number := index >> height
	width := size - number<<height
	if width > 1<<height {
		width = 1 << height
	}
	data, err := f.read(tlog.Tile{H: height, L: -1, N: number, W: int(width)})
	if err != nil {
		return tlog.Hash{}, err
	}
	for skip := index & (1<<height - 1); skip > 0; skip-- {
		data = data[2+(int(data[0])<<8|int(data[1])):]
	}
	return tlog.RecordHash(data[2 : 2+(int(data[0])<<8|int(data[1]))]), nil
}

func main() {
	said, err := check(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		said.Failures = append(said.Failures, err.Error())
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		panic(err)
	}
}

func check(path, vkey, proofs string) (said answer, err error) {
	said.Failures = []string{}
	tree, err := open(path, vkey, &said)
	if err != nil {
		return said, err
	}
	log := folder{path}
	hashes := tlog.TileHashReader(tree, log)
	file, err := os.Open(proofs)
	if err != nil {
		return said, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		one := proof{Old: -1}
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return said, err
		}
		if err := one.check(tree, log, hashes, &said); err != nil {
			said.Failures = append(said.Failures, fmt.Sprintf("%+v: %v", one, err))
		}
	}
	return said, lines.Err()
}

// open reads the checkpoint, which needs a line of the given key and may have lines of others.
func open(path, vkey string, said *answer) (tree tlog.Tree, err error) {
	written, err := os.ReadFile(filepath.Join(path, "checkpoint"))
	if err != nil {
		return tree, err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(written, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	for _, one := range opened.Sigs {
		said.Signed = append(said.Signed, one.Name)
	}
	said.Unknown = len(opened.UnverifiedSigs)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		return tree, fmt.Errorf("the checkpoint is of %s", lines[0])
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	said.Size = tree.N
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func (one proof) check(tree tlog.Tree, log folder, hashes tlog.HashReader, said *answer) error {
	var path []tlog.Hash
	for _, text := range one.Hashes {
		hash, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return err
		}
		path = append(path, tlog.Hash(hash))
	}
	root, err := tlog.TreeHash(one.Size, hashes)
	if err != nil {
		return err
	}
	if one.Old < 0 {
		return one.checkInclusion(root, path, tree, log, hashes, said)
	}
	return one.checkConsistency(root, path, hashes, said)
}

func (one proof) checkInclusion(
	root tlog.Hash, path []tlog.Hash, tree tlog.Tree, log folder, hashes tlog.HashReader, said *answer,
) error {
	leaf, err := log.leaf(one.Index, tree.N)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(path, one.Size, root, one.Index, leaf); err != nil {
		return err
	}
	own, err := tlog.ProveRecord(one.Size, one.Index, hashes)
	if err != nil {
		return err
	}
	said.Inclusion++
	return said.same(own, path)
}

func (one proof) checkConsistency(root tlog.Hash, path []tlog.Hash, hashes tlog.HashReader, said *answer) error {
	old, err := tlog.TreeHash(one.Old, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(path, one.Size, root, one.Old, old); err != nil {
		return err
	}
	own, err := tlog.ProveTree(one.Size, one.Old, hashes)
	if err != nil {
		return err
	}
	said.Consistency++
	return said.same(own, path)
}

// same counts the proofs that Go makes of the tiles itself; they must be the project's.
func (said *answer) same(own, path []tlog.Hash) error {
	if len(own) != len(path) {
		return fmt.Errorf("Go's proof has %d hashes", len(own))
	}
	for at := range own {
		if own[at] != path[at] {
			return fmt.Errorf("Go's hash %d is another", at)
		}
	}
	said.Own++
	return nil
}
