import Console

@main enum Parallax {
    static func main() { Console.main() }
}
