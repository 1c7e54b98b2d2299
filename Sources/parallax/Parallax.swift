@main enum Parallax {
    static func main() {}
}
