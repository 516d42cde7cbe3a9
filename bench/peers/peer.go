// A peer: what go-libvirt takes for the same work. See process.ts for the lines it speaks.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/digitalocean/go-libvirt"
	"github.com/digitalocean/go-libvirt/socket/dialers"
)

type request struct {
	Operation string `json:"operation"`
	Count     int    `json:"count"`
	XML       string `json:"xml"`
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func say(value any) {
	text, err := json.Marshal(value)
	must(err)
	fmt.Println(string(text))
}

func main() {
	name := os.Args[2]
	connection := libvirt.NewWithDialer(dialers.NewLocal())
	must(connection.ConnectToURI(libvirt.ConnectURI(os.Args[1])))
	xml := ""
	var domain libvirt.Domain
	operations := map[string]func() error{
		"state": func() error {
			_, _, err := connection.DomainGetState(domain, 0)
			return err
		},
		"list": func() error {
			_, _, err := connection.ConnectListAllDomains(1, 0)
			return err
		},
		"lookup": func() error {
			_, err := connection.DomainLookupByName(name)
			return err
		},
		"cycle": func() error {
			made, err := connection.DomainDefineXML(xml)
			must(err)
			must(connection.DomainCreate(made))
			must(connection.DomainDestroy(made))
			return connection.DomainUndefine(made)
		},
	}
	say(map[string]int{"ready": 1})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	for lines.Scan() {
		var asked request
		must(json.Unmarshal(lines.Bytes(), &asked))
		if asked.Operation == "xml" {
			xml = asked.XML
			say(map[string]int{})
			continue
		}
		if asked.Operation == "state" {
			found, err := connection.DomainLookupByName(name)
			must(err)
			domain = found
		}
		times := []float64{}
		for i := 0; i < asked.Count; i++ {
			began := time.Now()
			must(operations[asked.Operation]())
			times = append(times, float64(time.Since(began).Nanoseconds())/1e6)
		}
		say(map[string][]float64{"ms": times})
	}
}
