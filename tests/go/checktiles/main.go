// Checktiles has Go's own code judge a folder of tiles: the packages on which the checksum
// database of Go modules rests. It opens the checkpoint with the verifier key, recomputes every
// record hash, reads every hash of the tree from the tiles, and checks a proof of inclusion for
// every record and a proof of consistency from every smaller tree. Then it changes bytes, one at
// a time and in memory alone, and fails where a changed folder still passes.
//
//	checktiles [-changes N | -every-bit] FOLDER VERIFIER-KEY
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	changes := flag.Int("changes", 0, "how many bytes to change, at least `N` and one in every kind of file")
	everyBit := flag.Bool("every-bit", false, "change every bit of every file")
	flag.Parse()
	folder, verifierKey := flag.Arg(0), flag.Arg(1)
	verifier, err := note.NewVerifier(verifierKey)
	exitOn(err)
	files, err := load(folder)
	exitOn(err)
	checked, err := check(files, verifier)
	exitOn(err)
	exitOn(prove(checked))
	tried, err := change(files, verifier, checked, *changes, *everyBit)
	exitOn(err)
	fmt.Printf("entries %d, changes %d\n", checked.tree.N, tried)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// load reads every file below a folder into memory.
func load(folder string) (map[string][]byte, error) {
	files := make(map[string][]byte)
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err == nil {
			files[filepath.ToSlash(name)], err = os.ReadFile(path)
		}
		return err
	})
	return files, err
}

// A checkedFolder is what was read from a folder whose every byte was checked.
type checkedFolder struct {
	text    string // what was signed
	sigs    []note.Signature
	tree    tlog.Tree   // the tree that was signed
	records []tlog.Hash // the hashes of the entries
	files   map[string][]byte
	hashes  hashList // every hash of the tree, read from the tiles
	used    []string // the files that were read
}

// check reads a folder and returns an error unless all that the tree needs holds.
func check(files map[string][]byte, verifier note.Verifier) (*checkedFolder, error) {
	signed, err := note.Open(files["checkpoint"], note.VerifierList(verifier))
	if err != nil {
		return nil, err
	}
	tree, err := parseCheckpoint(signed.Text, verifier.Name())
	if err != nil {
		return nil, err
	}
	c := &checkedFolder{text: signed.Text, sigs: signed.Sigs, tree: tree, files: files, used: []string{"checkpoint"}}
	reader := &tileReader{files: files, used: make(map[string]bool)}
	tiles := tlog.TileHashReader(tree, reader)
	if tree.N == 0 {
		// The definition is RFC 6962's; the packages had another before 2024.
		if tree.Hash != tlog.Hash(sha256.Sum256(nil)) {
			return nil, errors.New("not the root of an empty tree")
		}
		return c, nil
	}
	var made hashList
	for start := int64(0); start < tree.N; start += 1 << height {
		entries, name, err := readBundle(files, tree.N, start)
		if err != nil {
			return nil, err
		}
		reader.used[name] = true
		for i, entry := range entries {
			hash := tlog.RecordHash(entry)
			c.records = append(c.records, hash)
			more, err := tlog.StoredHashesForRecordHash(start+int64(i), hash, made)
			if err != nil {
				return nil, err
			}
			made = append(made, more...)
		}
	}
	for start := 0; start < len(made); start += 1 << height {
		var indexes []int64
		for i := start; i < len(made) && i < start+1<<height; i++ {
			indexes = append(indexes, int64(i))
		}
		hashes, err := tiles.ReadHashes(indexes)
		if err != nil {
			return nil, err
		}
		for i, hash := range hashes {
			if hash != made[start+i] {
				return nil, fmt.Errorf("stored hash %d is not that of the entries", start+i)
			}
		}
		c.hashes = append(c.hashes, hashes...)
	}
	root, err := tlog.TreeHash(tree.N, c.hashes)
	if err != nil {
		return nil, err
	}
	if root != tree.Hash {
		return nil, errors.New("the root is not the one that was signed")
	}
	for name := range reader.used {
		c.used = append(c.used, name)
	}
	sort.Strings(c.used)
	return c, nil
}

// parseCheckpoint reads a tree as c2sp.org/tlog-checkpoint writes it. What tlog.ParseTree reads
// has the name of one database on its first line and is the same otherwise.
func parseCheckpoint(text, origin string) (tlog.Tree, error) {
	lines := strings.SplitN(text, "\n", 2)
	if lines[0] != origin || len(lines) < 2 {
		return tlog.Tree{}, errors.New("the checkpoint is of another ledger")
	}
	return tlog.ParseTree([]byte("go.sum database tree\n" + lines[1]))
}

// readBundle returns the entries from a position on, and the name of the file they are in.
func readBundle(files map[string][]byte, size, start int64) ([][]byte, string, error) {
	tile := tlog.Tile{H: height, L: 0, N: start >> height, W: 1 << height}
	if rest := size - start; rest < 1<<height {
		tile.W = int(rest)
	}
	name := "tile/entries/" + strings.TrimPrefix(tile.Path(), "tile/8/0/")
	data, ok := files[name]
	if !ok {
		return nil, name, fmt.Errorf("%s: missing", name)
	}
	var entries [][]byte
	for len(data) >= 2 {
		end := 2 + int(binary.BigEndian.Uint16(data))
		if end > len(data) {
			break
		}
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(data) != 0 || len(entries) != tile.W {
		return nil, name, fmt.Errorf("%s: not %d entries", name, tile.W)
	}
	return entries, name, nil
}

// A tileReader gives the tiles of a folder to tlog.
type tileReader struct {
	files map[string][]byte
	used  map[string]bool
}

func (r *tileReader) Height() int { return height }

func (r *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		name := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		data, ok := r.files[name]
		if !ok {
			return nil, fmt.Errorf("%s: missing", name)
		}
		r.used[name] = true
		all = append(all, data)
	}
	return all, nil
}

func (r *tileReader) SaveTiles([]tlog.Tile, [][]byte) {}

// A hashList holds the hashes of a tree in the order in which they are stored.
type hashList []tlog.Hash

func (l hashList) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(l)) {
			return nil, errors.New("no such hash")
		}
		hashes[i] = l[index]
	}
	return hashes, nil
}

// prove checks that every record is in the tree and that the tree extends every smaller one.
func prove(c *checkedFolder) error {
	errs := make(chan error)
	workers := runtime.NumCPU()
	for worker := 0; worker < workers; worker++ {
		go func(n int) {
			for ; n < len(c.records); n += workers {
				if err := proveRecord(c, int64(n)); err != nil {
					errs <- fmt.Errorf("record %d: %w", n, err)
					return
				}
				if err := proveTree(c, int64(n)+1); err != nil {
					errs <- fmt.Errorf("tree of %d: %w", n+1, err)
					return
				}
			}
			errs <- nil
		}(worker)
	}
	var first error
	for worker := 0; worker < workers; worker++ {
		if err := <-errs; first == nil {
			first = err
		}
	}
	return first
}

// proveRecord proves a record from the hashes that were read; some also from the tiles, anew.
func proveRecord(c *checkedFolder, n int64) error {
	readers := []tlog.HashReader{c.hashes}
	if c.tree.N < 1000 || n%997 == 0 {
		tiles := &tileReader{files: c.files, used: make(map[string]bool)}
		readers = append(readers, tlog.TileHashReader(c.tree, tiles))
	}
	for _, reader := range readers {
		proof, err := tlog.ProveRecord(c.tree.N, n, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, c.tree.N, c.tree.Hash, n, c.records[n]); err != nil {
			return err
		}
	}
	return nil
}

func proveTree(c *checkedFolder, n int64) error {
	old, err := tlog.TreeHash(n, c.hashes)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(c.tree.N, n, c.hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, c.tree.N, c.tree.Hash, n, old)
}

// change returns an error if a folder with a changed byte passes. Some bits that end a base64
// text are no part of what it encodes: changing these leaves the same signature under the same text.
func change(files map[string][]byte, verifier note.Verifier, c *checkedFolder, some int, everyBit bool) (int, error) {
	tried := 0
	try := func(name string, at int, mask byte) error {
		tried++
		data := files[name]
		data[at] ^= mask
		defer func() { data[at] ^= mask }()
		changed, err := check(files, verifier)
		if err == nil && !(name == "checkpoint" && same(c, changed)) {
			return fmt.Errorf("%s: byte %d changed by %#x, and all holds", name, at, mask)
		}
		return nil
	}
	if everyBit {
		for _, name := range c.used {
			for at := range files[name] {
				for bit := 0; bit < 8; bit++ {
					if err := try(name, at, 1<<bit); err != nil {
						return tried, err
					}
				}
			}
		}
		return tried, nil
	}
	kinds := make(map[string][]string)
	for _, name := range c.used {
		kind := strings.Join(strings.SplitN(name, "/", 3)[:min(2, 1+strings.Count(name, "/"))], "/")
		kinds[kind] = append(kinds[kind], name)
	}
	var sorted []string
	for kind := range kinds {
		sorted = append(sorted, kind)
	}
	sort.Strings(sorted)
	random := rand.New(rand.NewSource(c.tree.N))
	for tried < some {
		for _, kind := range sorted {
			name := kinds[kind][random.Intn(len(kinds[kind]))]
			at, mask := random.Intn(len(files[name])), byte(1+random.Intn(255))
			if err := try(name, at, mask); err != nil {
				return tried, err
			}
		}
	}
	return tried, nil
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

// same returns whether two checkpoints say the same and bear the same signatures.
func same(a, b *checkedFolder) bool {
	if a.text != b.text || len(a.sigs) != len(b.sigs) {
		return false
	}
	for i, sig := range a.sigs {
		one, err1 := base64.StdEncoding.DecodeString(sig.Base64)
		other, err2 := base64.StdEncoding.DecodeString(b.sigs[i].Base64)
		if err1 != nil || err2 != nil || string(one) != string(other) || sig.Name != b.sigs[i].Name {
			return false
		}
	}
	return true
}
