// Checkreceipt has Go's own code judge receipts: it reads each as c2sp.org/tlog-proof describes
// it, opens its checkpoint with the verifier key, and checks its proof of inclusion. What was
// filed is the line "extra": a head, and after it perhaps a salt and a body, which the head
// commits to. It fails where one does not hold, and with -changed also where one still holds
// after a byte of it was changed.
//
//	checkreceipt [-changed] VERIFIER-KEY FILE...
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	changed := flag.Bool("changed", false, "change every byte of every receipt, too")
	flag.Parse()
	verifier, err := note.NewVerifier(flag.Arg(0))
	exitOn(err)
	tried := 0
	for _, name := range flag.Args()[1:] {
		data, err := os.ReadFile(name)
		exitOn(err)
		head, err := check(data, verifier)
		exitOn(err)
		fmt.Println(head)
		for at := 0; *changed && at < len(data); at++ {
			tried++
			data[at] ^= 1 << (at % 8)
			if _, err := check(data, verifier); err == nil {
				exitOn(fmt.Errorf("%s: byte %d changed, and it holds", name, at))
			}
			data[at] ^= 1 << (at % 8)
		}
	}
	fmt.Println("changes", tried)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var strict = base64.StdEncoding.Strict()

// check returns the head of a receipt that holds.
func check(data []byte, verifier note.Verifier) (string, error) {
	proof, checkpoint, ok := cut(data, "\n\n")
	lines := strings.Split(string(proof), "\n")
	if !ok || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" ||
		!strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		return "", errors.New("not a proof that says of what")
	}
	filed, err := strict.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return "", err
	}
	index := strings.TrimPrefix(lines[2], "index ")
	position, err := strconv.ParseInt(index, 10, 64)
	if err != nil || strconv.FormatInt(position, 10) != index {
		return "", errors.New("no position")
	}
	var hashes tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil || hash.String() != line {
			return "", errors.New("no hash")
		}
		hashes = append(hashes, hash)
	}
	signed, err := note.Open(checkpoint, note.VerifierList(verifier))
	if err != nil {
		return "", err
	}
	if value := signed.Sigs[0].Base64; value != reencoded(value) {
		return "", errors.New("a signature that is spelled in another way")
	}
	// What tlog.ParseTree reads has the name of one database on its first line.
	_, tree, _ := cut([]byte(signed.Text), "\n")
	root, err := tlog.ParseTree(append([]byte("go.sum database tree\n"), tree...))
	if err != nil {
		return "", err
	}
	head, rest, hasBody := cut(filed, "\n")
	if err := tlog.CheckRecord(hashes, root.N, root.Hash, position, tlog.RecordHash(head)); err != nil {
		return "", err
	}
	if hasBody {
		if err := commits(head, rest); err != nil {
			return "", err
		}
	}
	return string(head), nil
}

// commits returns an error unless a head has the hash of the salt and the body that follow.
func commits(head, rest []byte) error {
	hexSalt, body, _ := cut(rest, "\n")
	salt, err := hex.DecodeString(string(hexSalt))
	if err != nil || hex.EncodeToString(salt) != string(hexSalt) {
		return errors.New("no salt")
	}
	var said struct{ Body string }
	if err := json.Unmarshal(head, &said); err != nil {
		return err
	}
	if hash := sha256.Sum256(append(salt, body...)); said.Body != hex.EncodeToString(hash[:]) {
		return errors.New("not the body that was filed")
	}
	return nil
}

func reencoded(text string) string {
	data, _ := base64.StdEncoding.DecodeString(text)
	return base64.StdEncoding.EncodeToString(data)
}

// cut returns what is before and after the first place where a text stands.
func cut(data []byte, at string) (before, after []byte, found bool) {
	if i := bytes.Index(data, []byte(at)); i >= 0 {
		return data[:i], data[i+len(at):], true
	}
	return data, nil, false
}
